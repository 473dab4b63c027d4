import { describe, expect, it } from '@jest/globals'
import { parse as parseYaml } from 'yaml'
import { describeNewKey } from '../../src/cli/new-key.ts'
import { UsageError } from '../../src/cli/usage-error.ts'
import { digestOf } from '../support/callers.ts'
import { minimalFile, parse } from '../support/config-parts.ts'

/** The parts that a person copies: the key, and the lines for the configuration. */
function parseTold(told: string) {
  const [key = ''] = /^cg_\S+$/m.exec(told) ?? []
  return { key, lines: parseYaml(told.slice(told.indexOf('access:'))) as object }
}

describe('the command key', () => {
  it('prints a key of 32 random bytes and its valid configuration', () => {
    const told = describeNewKey('dashboard')
    const { key, lines } = parseTold(told)
    expect(key).toMatch(/^cg_[A-Za-z0-9_-]{43}$/)
    expect(told.split(key)).toHaveLength(2)
    expect(parse({ ...minimalFile, ...lines }).server.access).toEqual({
      apiKeys: [{ name: 'dashboard', sha256: digestOf(key), scopes: ['certificates:read'], places: null }],
      jwt: [],
    })
  })

  it('prints another key each time, and needs no name', () => {
    const [one, other] = [parseTold(describeNewKey()), parseTold(describeNewKey())]
    expect(one.key).not.toBe(other.key)
  })

  it('accepts only names that the configuration accepts', () => {
    for (const name of ['', 'a:b', '-rf', 'x'.repeat(65)]) expect(() => describeNewKey(name)).toThrow(UsageError)
  })
})
