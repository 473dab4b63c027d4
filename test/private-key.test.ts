import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
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
  ['lines that are escaped as in JSON in JSON', (der) => linesOf(der.toString('base64'), 64).join('\\\\n')],
  ['JSON with escaped slashes', (der) => der.toString('base64').replaceAll('/', '\\/').replaceAll('+', '\\u002b')],
  ['a part of a URL', (der) => encodeURIComponent(linesOf(der.toString('base64'), 64).join('\r\n'))],
  ['a part of a URL in a URL', (der) => encodeURIComponent(encodeURIComponent(der.toString('base64')))],
  ['XML', (der) => linesOf(der.toString('base64'), 64).join('&#13;&#xA;').replaceAll('+', '&#43;')],
  ['lines far apart', (der) => linesOf(der.toString('base64'), 64).join(' '.repeat(150))],
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
      ['{"key":"\\n', '\\n"}'],
      ['%0A', '&'],
      ['&#10;', '&#10;'],
      ['id', '!'],
      ['MIIM7', '!'],
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

describe('a private key in another format', () => {
  const redact = createRedactor([])

  it.each([
    ['EC', ec.privateKey.export({ format: 'jwk' })],
    ['Ed25519', ed25519.privateKey.export({ format: 'jwk' })],
    ['RSA', rsa.privateKey.export({ format: 'jwk' })],
  ])('is found and removed as a JSON Web Key of %s', (_, jwk) => {
    const secrets = [jwk.d, jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].filter((each) => each !== undefined)
    const spellings = [jwk, { use: 'sig', d: jwk.d, ...jwk }].flatMap((each) => [
      JSON.stringify(each),
      JSON.stringify(each, null, 2),
      JSON.stringify(JSON.stringify(each)),
      encodeURIComponent(JSON.stringify(each)),
      JSON.stringify(each).replaceAll('"', "'"),
      `the key ${JSON.stringify({ keys: [each] })}`,
    ])
    for (const text of spellings) {
      expect([text, hasPrivateKey(text)]).toEqual([text, true])
      const safe = redact(text, 10_000)
      for (const secret of secrets) expect(safe).not.toContain(secret.slice(0, 20))
    }
  })

  it('is not the public part of a JSON Web Key', () => {
    for (const { publicKey } of [rsa, ec, ed25519]) {
      expect(hasPrivateKey(JSON.stringify(publicKey.export({ format: 'jwk' })))).toBe(false)
    }
  })

  it.each([
    ['alone', ''],
    ['after other text', 'id'],
    ['after an escape', '\\n'],
  ])('is found and removed in the format of OpenSSH, %s', (_, before) => {
    const body = Buffer.concat([Buffer.from('openssh-key-v1\0'), randomBytes(300)]).toString('base64')
    for (const key of [body, body.replace(/=+$/, ''), linesOf(body, 70).join('\n'), linesOf(body, 70).join('\\n')]) {
      const text = `${before}${key}", after`
      expect(hasPrivateKey(text)).toBe(true)
      expect(redact(text, 10_000)).toBe(`${before}[PEM]", after`)
    }
  })

  it.each(['-----BEGIN EC PRIVATE KEY-----', '-----begin private key', '---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----'])(
    'is found by the line %s, also in a filter',
    (text) => expect(() => checkText('search', text)).toThrow(/^search: contains a private key/),
  )
})

it('removes only the key from a message when the key is complete', () => {
  const key = exported(ed25519.privateKey, 'pkcs8').toString('base64')
  expect(createRedactor([])(`Value "${key}" does not exist in "CertificateOrderField" enum.`, 1_000)).toBe(
    'Value "[PEM]" does not exist in "CertificateOrderField" enum.',
  )
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
    'Rotation of the private key 2027',
    'kty',
    'MASTER-KEY-ROTATION-PLAN-FOR-THE-YEAR-2027',
  ])('%s', (text) => expect(hasPrivateKey(text)).toBe(false))
})

it('finds no private key in 300,000 random texts', () => {
  const bytes = randomBytes(300_000 * 48)
  for (let at = 0; at < bytes.length; at += 48) {
    const text = bytes.toString('base64', at, at + 48)
    if (hasPrivateKey(text)) throw new Error(`found one in ${text}`)
  }
})

it('a key that OpenSSL can read is the one that was found', () => {
  const text = `Name: ${exported(ed25519.privateKey, 'pkcs8').toString('base64')}, and more`
  const [range] = findPrivateKeys(text)
  const found = Buffer.from(text.slice(range?.start, range?.end), 'base64')
  expect(createPrivateKey({ key: found, format: 'der', type: 'pkcs8' }).asymmetricKeyType).toBe('ed25519')
})
