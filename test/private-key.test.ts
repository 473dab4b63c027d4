import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { checkText, rejectPrivateKey } from '../src/input-error.ts'
import { findPrivateKeys, hasPrivateKey } from '../src/private-key.ts'
import { issueCertificate } from '../src/sandbox/issue-certificate.ts'
import { createRedactor } from '../src/upstream/redact.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const shortRsa = generateKeyPairSync('rsa', { modulusLength: 512 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed25519 = generateKeyPairSync('ed25519')
const encryption = { cipher: 'aes-256-cbc', passphrase: 'not a secret' }

const exported = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1') =>
  key.export({ type, format: 'der' } as { type: 'pkcs8'; format: 'der' })

const keys: readonly (readonly [string, Buffer])[] = [
  ['PKCS#8 of RSA', exported(rsa.privateKey, 'pkcs8')],
  ['PKCS#8 of an EC key', exported(ec.privateKey, 'pkcs8')],
  ['PKCS#8 of Ed25519', exported(ed25519.privateKey, 'pkcs8')],
  ['PKCS#8, encrypted', rsa.privateKey.export({ type: 'pkcs8', format: 'der', ...encryption })],
  ['PKCS#8 of an EC key, encrypted', ec.privateKey.export({ type: 'pkcs8', format: 'der', ...encryption })],
  ['PKCS#1', exported(rsa.privateKey, 'pkcs1')],
  ['PKCS#1 of a short key', exported(shortRsa.privateKey, 'pkcs1')],
  ['SEC 1', exported(ec.privateKey, 'sec1')],
]

const linesOf = (text: string, length: number) => text.match(new RegExp(`.{1,${length}}`, 'g')) ?? []

/** Ways to write base64 in a text field. */
const spellings: readonly (readonly [string, (der: Buffer) => string])[] = [
  ['base64', (der) => der.toString('base64')],
  ['base64 without padding', (der) => der.toString('base64').replace(/=+$/, '')],
  ['base64url', (der) => der.toString('base64url')],
  ['lines of 64', (der) => linesOf(der.toString('base64'), 64).join('\n')],
  ['lines of 76 with CRLF', (der) => linesOf(der.toString('base64'), 76).join('\r\n')],
  ['indented lines', (der) => linesOf(der.toString('base64'), 64).join('\n            ')],
  ['groups of five', (der) => linesOf(der.toString('base64url'), 5).join(' ')],
  ['single characters', (der) => linesOf(der.toString('base64'), 1).join('\t')],
  ['lines that are escaped as in JSON', (der) => linesOf(der.toString('base64'), 64).join('\\r\\n')],
  ['its first half', (der) => der.subarray(0, Math.max(32, der.length / 2)).toString('base64url')],
]

describe.each(keys)('a private key without PEM marks: %s', (_, der) => {
  it.each(spellings)('is found as %s, wherever it begins', (_name, spell) => {
    const key = spell(der)
    for (const [before, after] of [
      ['', ''],
      ['key=', ' and more'],
      ['data:application/pkcs8;base64,', '"'],
      ['{"d":"', '"}'],
      ['a name -', '\n-----END'],
      ['MIIB MAMA ', '!'],
    ]) {
      const text = `${before}${key}${after}`
      const [range] = findPrivateKeys(text)
      expect(range?.start).toBe(before?.length)
      expect(() => rejectPrivateKey(text, 'input.name')).toThrow(/^input.name: contains a private key[^:]*$/)
    }
  })

  it.each(spellings)('is removed as a whole by the redactor, and its error does not repeat it: %s', (_name, spell) => {
    const key = spell(der)
    const redact = createRedactor([])
    expect(redact(`before ${key}", after`, 10_000)).toBe('before [PEM]", after')
    // The key crosses the limit.
    expect(redact(`before ${key}`, 20)).toBe('before [PEM]…')
  })
})

describe('a filter with a private key', () => {
  it('is refused without repeating the key', () => {
    const key = exported(ed25519.privateKey, 'pkcs8').toString('base64')
    expect(() => checkText('filter.nameContains', key)).toThrow(
      'filter.nameContains: contains a private key, which was not forwarded; replace this key',
    )
  })
})

describe('other texts are no private keys:', () => {
  it('certificates, public keys and certificate requests', async () => {
    const { pem } = await issueCertificate({
      subject: 'CN=Client CA',
      serialNumber: '01',
      notBefore: new Date(0),
      notAfter: new Date(1),
      keyAlgorithm: 'ECDSA',
      authority: true,
    })
    const body = pem.replace(/-----[^-]+-----|\s/g, '')
    const publicKeys = [rsa, ec, ed25519].flatMap(({ publicKey }) => [
      publicKey.export({ type: 'spki', format: 'der' }).toString('base64'),
      publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    ])
    const pkcs1 = rsa.publicKey.export({ type: 'pkcs1', format: 'der' }).toString('base64')
    for (const text of [pem, body, ...publicKeys, pkcs1]) expect([text, hasPrivateKey(text)]).toEqual([text, false])
  })

  it.each([
    'MA',
    'MAC address',
    'M',
    'MIIE',
    'Main CA (2027)',
    'MCA',
    'cert_MC4CAQ',
    'MASTER-KEY-ROTATION-PLAN-FOR-THE-YEAR-2027',
  ])('%s', (text) => expect(hasPrivateKey(text)).toBe(false))
})

it('a key that OpenSSL can read is the one that was found', () => {
  const text = `Name: ${exported(ed25519.privateKey, 'pkcs8').toString('base64')}, and more`
  const [range] = findPrivateKeys(text)
  const found = Buffer.from(text.slice(range?.start, range?.end), 'base64')
  expect(createPrivateKey({ key: found, format: 'der', type: 'pkcs8' }).asymmetricKeyType).toBe('ed25519')
})
