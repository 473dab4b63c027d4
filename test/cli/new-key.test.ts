import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { parse as parseYaml } from 'yaml'
import { describeNewFeed, describeNewKey } from '../../src/cli/new-key.ts'
import { UsageError } from '../../src/cli/usage-error.ts'
import { digestOf } from '../support/callers.ts'
import { runCommand } from '../support/command-line.ts'
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
      feeds: [],
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

describe('the command key --feed', () => {
  it('prints the URL with a token of 32 random bytes, and its valid configuration without the token', () => {
    const told = describeNewFeed('night', 'https://certgraph.example/a')
    const [url = '', token = ''] = /^https:\S+\?token=(\S+)$/m.exec(told) ?? []
    expect(token).toMatch(/^cgf_[A-Za-z0-9_-]{43}$/)
    expect(url).toBe(`https://certgraph.example/a/expirations.ics?token=${token}`)
    expect(told.split(token)).toHaveLength(2)
    expect(told).toMatch(/&owners=storefront with one of your owners in place of storefront/)
    const { access } = parseYaml(told.slice(told.indexOf('access:'))) as { access: object }
    const apiKeys = [{ name: 'key', sha256: 'a'.repeat(64) }]
    expect(parse({ ...minimalFile, access: { ...access, apiKeys } }).server.access).toMatchObject({
      feeds: [{ name: 'night', sha256: digestOf(token), places: null }],
    })
  })

  it('takes the address of the server from the configuration, and has a placeholder without one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'certgraph-'))
    const path = join(folder, 'certgraph.config.yaml')
    const write = (settings: object) => writeFileSync(path, JSON.stringify({ ...minimalFile, ...settings }))
    const without = await runCommand(['key', '--feed'], { cwd: folder })
    expect(without).toMatchObject({ code: 0, stderr: '' })
    expect(without.stdout).toContain('\nhttps://YOUR-SERVER/expirations.ics?token=cgf_')

    write({ server: { publicUrl: 'https://certgraph.example/' } })
    for (const words of [[], ['--config', path]]) {
      const { stdout } = await runCommand(['key', '--feed', 'night', ...words], { cwd: folder })
      expect(stdout).toContain('\nhttps://certgraph.example/expirations.ics?token=cgf_')
      expect(stdout).not.toContain('YOUR-SERVER')
    }
    rmSync(folder, { recursive: true })
  })

  it('ignores the mistakes of a configuration that is not named, such as secrets that are missing here', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'certgraph-'))
    const path = join(folder, 'certgraph.config.yaml')
    writeFileSync(path, 'server: { publicUrl: 1 }')
    expect(await runCommand(['key', '--feed'], { cwd: folder })).toMatchObject({ code: 0, stderr: '' })
    const named = await runCommand(['key', '--feed', '--config', path], { cwd: folder })
    expect([named.code, named.stdout]).toEqual([1, ''])
    expect(named.stderr).toContain('server.publicUrl')
    rmSync(folder, { recursive: true })
  })

  it('accepts only names that the configuration accepts, and --config for a feed only', async () => {
    for (const name of ['', 'a:b', '-rf', 'x'.repeat(65)]) expect(() => describeNewFeed(name)).toThrow(UsageError)
    const { code, stderr } = await runCommand(['key', '--config', 'x'])
    expect([code, stderr]).toEqual([1, expect.stringContaining('--config is for --feed')])
  })
})
