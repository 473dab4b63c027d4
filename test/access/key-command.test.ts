import { describe, expect, it } from '@jest/globals'
import { parse as parseYaml } from 'yaml'
import { describeNewKey, UsageError } from '../../src/access/key-command.ts'
import { digestOf } from '../support/callers.ts'
import { minimalFile, parse } from '../support/config-parts.ts'

/** What a person would copy of it: the key, and the lines for the configuration. */
function parseTold(told: string) {
  const [key = ''] = /^cg_\S+$/m.exec(told) ?? []
  return { key, lines: parseYaml(told.slice(told.indexOf('access:'))) as object }
}

describe('the command that makes a key', () => {
  it('tells a key of 32 random bytes, and lines that let its holder in', () => {
    const told = describeNewKey('dashboard')
    const { key, lines } = parseTold(told)
    expect(key).toMatch(/^cg_[A-Za-z0-9_-]{43}$/)
    expect(told.split(key)).toHaveLength(2)
    expect(parse({ ...minimalFile, ...lines }).server.access).toEqual({
      apiKeys: [{ name: 'dashboard', sha256: digestOf(key), scopes: ['certificates:read'], places: null }],
      jwt: [],
    })
  })

  it('never tells the same one again, and needs no name', () => {
    const [one, other] = [parseTold(describeNewKey()), parseTold(describeNewKey())]
    expect(one.key).not.toBe(other.key)
  })

  it('takes no name that the configuration would not', () => {
    for (const name of ['', 'a:b', '-rf', 'x'.repeat(65)]) expect(() => describeNewKey(name)).toThrow(UsageError)
  })
})
