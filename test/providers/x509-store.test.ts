import { beforeEach, describe, expect, it } from '@jest/globals'
import { parseX509, type X509Details } from '../../src/catalog/x509.ts'
import { fingerprintKey, idKey, type X509Key, X509Store, x509Bounds } from '../../src/providers/x509-store.ts'
import type { StateStore } from '../../src/state/state-store.ts'
import { UpstreamError } from '../../src/upstream/error.ts'
import { createStateTexts } from '../../src/upstream/state-texts.ts'
import { createManualClock, type ManualClock } from '../support/manual-clock.ts'
import { oddCertificates } from '../support/odd-certificates.ts'
import { rareCertificates } from '../support/rare-certificates.ts'
import { createSharedState } from '../support/shared-state.ts'

const day = 86_400_000
const pem = rareCertificates.SHA1
const details = parseX509(pem)
const key = idKey('a place', 'cert_1')

let clock: ManualClock
let state: StateStore
let loads: number
beforeEach(() => {
  clock = createManualClock()
  state = createSharedState()
  loads = 0
})

const texts = () => createStateTexts(state, clock, 'x509', x509Bounds)
/** A store as the process has it after a restart. */
const restart = () => new X509Store(clock, texts())

const read = (store: X509Store, of: X509Key = key, content = pem, parse: (pem: string) => X509Details = parseX509) =>
  store.read(
    of,
    async () => {
      loads += 1
      return content
    },
    parse,
  )

/** Reads a certificate, and replaces its text. */
async function replaceText(replace: (text: string) => string): Promise<void> {
  await read(restart())
  const text = texts().get(key.text)
  if (typeof text !== 'string') throw new Error('no text is kept')
  await texts().set(key.text, replace(text))
}

describe('the store of X.509 details', () => {
  it.each([...oddCertificates, ...Object.entries(rareCertificates)])(
    'returns exactly what was parsed: %s',
    async (_, odd) => {
      const parsed = parseX509(odd)
      for (const each of [idKey('a place', 'odd'), fingerprintKey(parsed.sha256Fingerprint ?? '')]) {
        expect(await read(restart(), each, odd)).toStrictEqual(parsed)
        expect(await read(restart(), each, odd)).toStrictEqual(parsed)
      }
      expect(loads).toBe(2)
    },
  )

  it('loads a certificate once, and never again after a restart', async () => {
    const store = restart()
    await read(store)
    await read(store)
    clock.advance(10 * 365 * day)
    expect(await read(restart())).toStrictEqual(details)
    expect(loads).toBe(1)
  })

  it('has another key for every address, place and certificate', async () => {
    const keys = [
      idKey('OPENAI', 'https://api.openai.com/v1', 'org_a', 'cert_1'),
      idKey('OPENAI', 'https://eu.api.openai.com/v1', 'org_a', 'cert_1'),
      idKey('OPENAI', 'https://api.openai.com/v1', 'org_b', 'cert_1'),
      idKey('OPENAI', 'https://api.openai.com/v1', 'org_a', 'cert_2'),
    ]
    expect(new Set(keys.map(({ text }) => text)).size).toBe(4)
    for (const each of keys) await read(restart(), each)
    expect(loads).toBe(4)
  })

  it.each<[string, (text: string) => string]>([
    ['of another version of the parser', (text) => text.replace(/^\d+/, '0')],
    ['without a version', (text) => text.slice(text.indexOf('{'))],
    ['that is cut off', (text) => text.slice(0, -1)],
    ['with another member', (text) => text.replace('"subject"', '"pem":"x","subject"')],
    ['without a member', (text) => text.replace(/"keySize":\d+,/, '')],
    ['with a member of another type', (text) => text.replace(/"keySize":\d+/, '"keySize":"1024"')],
    ['with a number that is no integer', (text) => text.replace(/"validFrom":\d+/, '"validFrom":1.5')],
    ['of a list', (text) => text.replace(/\{.*\}/, '[]')],
  ])('does not use a text %s, and replaces it', async (_, replace) => {
    await replaceText(replace)
    expect(await read(restart())).toStrictEqual(details)
    expect(loads).toBe(2)
    expect(await read(restart())).toStrictEqual(details)
    expect(loads).toBe(2)
  })

  it('does not use details with another fingerprint', async () => {
    const ours = fingerprintKey(details.sha256Fingerprint ?? '')
    const other = fingerprintKey(parseX509(rareCertificates.MD5).sha256Fingerprint ?? '')
    await read(restart(), ours)
    await texts().set(other.text, String(texts().get(ours.text)))
    expect(await read(restart(), other, rareCertificates.MD5)).toStrictEqual(parseX509(rareCertificates.MD5))
  })

  it('keeps a failure for an hour in the process alone', async () => {
    const store = restart()
    const fail = () => {
      throw new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', 'no certificate')
    }
    for (const each of [store, store]) await expect(read(each, key, pem, fail)).rejects.toThrow('no certificate')
    expect(loads).toBe(1)
    expect(await store.has(key)).toBe(true)
    expect([...state.range([])]).toEqual([])
    await expect(read(restart(), key, pem, fail)).rejects.toThrow('no certificate')
    clock.advance(3_600_000)
    expect(await store.has(key)).toBe(false)
    expect(await read(store)).toStrictEqual(details)
  })

  it('keeps no PEM', async () => {
    await read(restart())
    const kept = JSON.stringify([...state.range([])])
    expect(kept).toContain(details.sha256Fingerprint)
    for (const line of pem.split('\n').filter((each) => each.length > 20)) expect(kept).not.toContain(line)
  })

  it('keeps nothing under the id of a slot, which may hold another certificate later', async () => {
    const slot: X509Key = { text: 'a slot', fingerprint: null, isLasting: false }
    const store = restart()
    await read(store, slot)
    await read(store, slot)
    expect(loads).toBe(1)
    expect(await store.has(slot)).toBe(true)
    expect(await restart().has(slot)).toBe(false)
    expect([...state.range([])]).toEqual([])
  })

  it('keeps nothing in a state that does not outlive the process, where the memory has it already', async () => {
    Object.defineProperty(state, 'isKept', { value: false })
    const store = restart()
    await read(store)
    expect(await store.has(key)).toBe(true)
    expect([...state.range([])]).toEqual([])
  })

  it('says what it has without loading it', async () => {
    expect(await restart().has(key)).toBe(false)
    await read(restart())
    const store = restart()
    expect(await store.has(key)).toBe(true)
    expect(store.has(key)).toBe(true)
    await replaceText((text) => text.replace(/^\d+/, '0'))
    expect(await restart().has(key)).toBe(false)
    expect(loads).toBe(1)
  })

  it('finds within a day that details are gone, and keeps those that it has in memory again', async () => {
    const [first, second] = [restart(), restart()]
    await read(first)
    expect(await second.has(key)).toBe(true)
    await texts().remove(key.text)
    clock.advance(day)
    expect(await second.has(key)).toBe(false)
    expect(await first.has(key)).toBe(true)
    clock.advance(day)
    expect(await second.has(key)).toBe(true)
  })

  it.each(['read', 'has', 'read after a restart', 'has after a restart'])(
    'keeps details again after 30 days, so that those of certificates not in use are dropped first: %s',
    async (how) => {
      const store = restart()
      await read(store)
      const keptAt = () => Number(String(texts().get(key.text)).split(' ')[1])
      const before = keptAt()
      clock.advance(30 * day)
      const used = how.endsWith('restart') ? restart() : store
      const use = () => (how.startsWith('read') ? read(used) : used.has(key))
      await use()
      expect(keptAt()).toBe(before)
      clock.advance(2 * day)
      await use()
      expect(keptAt()).toBe(before + 32 * day)
      expect(loads).toBe(1)
    },
  )
})
