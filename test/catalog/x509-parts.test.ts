import { createHash, X509Certificate } from 'node:crypto'
import process from 'node:process'
import { afterEach, describe, expect, it } from '@jest/globals'
import { derOf, toPem } from '../../src/catalog/x509/pem.ts'
import { parseX509 } from '../../src/catalog/x509.ts'
import * as build from '../support/build-certificate.ts'

const { algorithm, altNames, ascii, attribute, buildCertificate, commonName, der, extension, nameOf, oid } = build
const { generalizedTime, isAuthority, keyOf, utcTime, utf8 } = build

type Parts = Parameters<typeof buildCertificate>[0]

const parse = (parts: Parts) => parseX509(toPem(buildCertificate(parts)))
const parseNames = (...names: Buffer[]) => parse({ extensions: [isAuthority, altNames(...names)] })
const dns = (text: string) => ascii(0x82, text)

/** What every certificate of this file keeps, whatever else is malformed. */
function expectRest(details: ReturnType<typeof parseX509>, der: Buffer): void {
  expect(details).toMatchObject({
    serialNumber: '01',
    sha256Fingerprint: createHash('sha256').update(der).digest('hex'),
    subject: 'CN=a',
    issuer: 'CN=b',
    validFrom: Date.UTC(2026, 0),
    expiresAt: Date.UTC(2036, 0),
  })
}

describe('a malformed extension that is not shown', () => {
  it.each([
    [
      'authority information access without a location',
      '1.3.6.1.5.5.7.1.1',
      der(0x30, der(0x30, '06082b06010505073001')),
    ],
    ['authority information access without content', '1.3.6.1.5.5.7.1.1', der(0x30)],
    ['CRL distribution points without content', '2.5.29.31', der(0x30)],
    ['a certificate policy without content', '2.5.29.32', der(0x30, der(0x30))],
    ['key usage without bits', '2.5.29.15', der(0x03)],
    ['bytes that are not DER', '2.5.29.19.1', Buffer.from('ff', 'hex')],
    ['no bytes', '2.5.29.35', Buffer.alloc(0)],
  ])('costs nothing: %s', (_, id, value) => {
    const bytes = buildCertificate({ extensions: [isAuthority, altNames(dns('a.example')), extension(id, value)] })
    const details = parseX509(toPem(bytes))
    expectRest(details, bytes)
    expect(details).toMatchObject({ isCA: true, subjectAltNames: ['a.example'], keySize: 256, issues: [] })
  })
})

describe('an extension that is shown', () => {
  it.each([
    ['malformed', [extension(build.basicConstraints, Buffer.from('3005', 'hex'))]],
    ['a flag of two bytes', [extension(build.basicConstraints, der(0x30, '0102ffff'))]],
    ['a text', [extension(build.basicConstraints, der(0x30, '0c0161'))]],
    ['longer than it may be', [extension(build.basicConstraints, der(0x30, '0101ff020101020101'))]],
    ['repeated', [isAuthority, isAuthority]],
  ])('makes isCA null with an issue when it is %s', (_, extensions) => {
    const bytes = buildCertificate({ extensions: [...extensions, altNames(dns('a.example'))] })
    const details = parseX509(toPem(bytes))
    expectRest(details, bytes)
    expect(details).toMatchObject({ isCA: null, subjectAltNames: ['a.example'] })
    expect(details.issues).toEqual([expect.stringMatching(/^basicConstraints: /)])
  })

  it('lists the names of two extensions with an issue', () => {
    const { subjectAltNames, issues } = parse({
      extensions: [altNames(dns('first.example')), altNames(dns('second.example'), dns('first.example'))],
    })
    expect(subjectAltNames).toEqual(['first.example', 'second.example'])
    expect(issues).toEqual([expect.stringMatching(/^subjectAltName: 2 extensions/)])
  })

  it('lists the names before one that is cut off', () => {
    const value = der(0x30, dns('a.example'), dns('b.example'), '8205')
    const { subjectAltNames, issues } = parse({ extensions: [extension('2.5.29.17', value)] })
    expect(subjectAltNames).toEqual(['a.example', 'b.example'])
    expect(issues).toEqual(['subjectAltName: malformed after 2 names'])
  })

  it('has a limited number of issues', () => {
    const { subjectAltNames, issues } = parseNames(...Array.from({ length: 1000 }, () => der(0x87, '01')))
    expect(subjectAltNames).toBeNull()
    expect(issues).toHaveLength(21)
    expect(issues?.at(-1)).toBe('subjectAltName: 980 more names that cannot be read')
  })

  it('are null with an issue when there are more than 2,000', () => {
    const names = (count: number) => altNames(...Array(count).fill(ascii(0x82, 'a.example')))
    expect(parse({ extensions: [names(2_000)] })).toMatchObject({ subjectAltNames: ['a.example'], issues: [] })
    expect(parse({ extensions: [names(1_000), names(1_001)] })).toMatchObject({
      subjectAltNames: null,
      issues: [
        expect.stringMatching(/^subjectAltName: 2 extensions/),
        'subjectAltName: 2001 names; expected at most 2000',
      ],
    })
  })

  it.each([
    ['not DER', Buffer.from('3005', 'hex')],
    ['empty', Buffer.alloc(0)],
    ['not a list', der(0x04, '00')],
  ])('has no alternative names, not an empty list of them, when it is %s', (_, value) => {
    const { subjectAltNames, issues } = parse({ extensions: [extension('2.5.29.17', value)] })
    expect(subjectAltNames).toBeNull()
    expect(issues).toEqual([expect.stringMatching(/^subjectAltName: /)])
  })
})

describe('the extended key usage', () => {
  const usages = (...ids: string[]) => extension('2.5.29.37', der(0x30, ...ids.map((id) => oid(id))))

  it.each<[string, Buffer[], string[]]>([
    ['with two usages', [usages('1.3.6.1.5.5.7.3.1', '2.5.29.37.0')], ['1.3.6.1.5.5.7.3.1', '2.5.29.37.0']],
    ['absent', [], []],
  ])('is read when it is %s', (_, extensions, extendedKeyUsage) => {
    expect(parse({ extensions: [isAuthority, ...extensions] })).toMatchObject({ extendedKeyUsage, issues: [] })
  })

  it.each<[string, Buffer[]]>([
    ['empty', [usages()]],
    ['malformed', [extension('2.5.29.37', der(0x30, '0102'))]],
    ['repeated', [usages('1.3.6.1.5.5.7.3.1'), usages('1.3.6.1.5.5.7.3.2')]],
    ['longer than 100 usages', [usages(...Array<string>(101).fill('1.3.6.1.5.5.7.3.1'))]],
  ])('is null with an issue when it is %s', (_, extensions) => {
    expect(parse({ extensions: [isAuthority, ...extensions] })).toMatchObject({
      extendedKeyUsage: null,
      issues: [expect.stringMatching(/^extendedKeyUsage: /)],
    })
  })
})

describe('an alternative name', () => {
  const otherName = (id: string, ...value: Buffer[]) => der(0xa0, oid(id), ...value)
  const tagged = (value: Buffer) => der(0xa0, value)

  it.each<[string, Buffer, string]>([
    [
      'an XMPP address',
      otherName('1.3.6.1.5.5.7.8.5', tagged(utf8(0x0c, 'x@im.example'))),
      'otherName:1.3.6.1.5.5.7.8.5:x@im.example',
    ],
    [
      'a UPN',
      otherName('1.3.6.1.4.1.311.20.2.3', tagged(utf8(0x0c, 'ü@ad.example'))),
      'otherName:1.3.6.1.4.1.311.20.2.3:ü@ad.example',
    ],
    [
      'a GUID',
      otherName('1.3.6.1.4.1.311.25.1', tagged(der(0x04, '0102'))),
      'otherName:1.3.6.1.4.1.311.25.1:#04020102',
    ],
    ['a structure', otherName('1.3.6.1.5.2.2', tagged(der(0x30, '020101'))), 'otherName:1.3.6.1.5.2.2:#3003020101'],
    ['a DNS name in UTF-8', utf8(0x82, 'Bücher.example'), 'bücher.example'],
    ['an email address in UTF-8', utf8(0x81, 'ü@a.example'), 'email:ü@a.example'],
    ['a URI', ascii(0x86, 'https://a.example/'), 'URI:https://a.example/'],
    [
      'a directory name',
      der(
        0xa4,
        nameOf(
          attribute('2.5.4.6', ascii(0x13, 'NL')),
          attribute('2.5.4.10', utf8(0x0c, 'Reports, BV')),
          commonName('dir'),
        ),
      ),
      'dirName:CN=dir,O=Reports\\, BV,C=NL',
    ],
    ['a registered id', oid('1.2.840.113549', 0x88), 'RID:1.2.840.113549'],
    ['an IPv4 address', der(0x87, 'c0000207'), '192.0.2.7'],
    ['an IPv6 address', der(0x87, '20010db8000000000000000000000007'), '2001:db8::7'],
    ['a DNS name in pieces', der(0xa2, ascii(0x16, 'a.'), ascii(0x16, 'example')), 'a.example'],
  ])('is listed: %s', (_, name, text) => {
    expect(parseNames(name, dns('b.example'))).toMatchObject({ subjectAltNames: [text, 'b.example'], issues: [] })
  })

  it.each<[string, Buffer, RegExp]>([
    [
      'an otherName without its tag',
      otherName('2.5.29.17', utf8(0x0c, 'x')),
      /otherName 2\.5\.29\.17 without a tagged value/,
    ],
    ['an otherName without a value', otherName('1.2.3.4'), /without a tagged value/],
    ['an otherName without a type', der(0xa0), /otherName without a type/],
    ['an IP address of 5 bytes', der(0x87, '0102030405'), /an IP address of 5 bytes; expected 4 or 16/],
    ['an IP address without bytes', der(0x87), /an IP address of 0 bytes/],
    ['an x400Address', der(0xa3, '3000'), /x400Address/],
    ['an ediPartyName', der(0xa5, 'a1030c0178'), /ediPartyName/],
    ['a name of an unknown kind', der(0x89, '00'), /unknown kind \[9\]/],
    ['a DNS name in ISO 8859-1', ascii(0x82, 'b\xfccher.example'), /DNS name that is not ASCII or UTF-8/],
    ['a directory name that is none', der(0xa4, '0500'), /dirName/],
    ['a registered id that is none', der(0x88, '80'), /registeredID/],
  ])('that cannot be read is named, and the others are listed: %s', (_, name, issue) => {
    const { subjectAltNames, issues } = parseNames(dns('b.example'), name)
    expect(subjectAltNames).toEqual(['b.example'])
    expect(issues).toEqual([expect.stringMatching(/^subjectAltName\[1\]: /)])
    expect(issues?.[0]).toMatch(issue)
    expect(parseNames(name).subjectAltNames).toBeNull()
  })
})

describe('a time', () => {
  const initialZone = process.env['TZ']
  afterEach(() => {
    if (initialZone === undefined) delete process.env['TZ']
    else process.env['TZ'] = initialZone
  })

  it.each<[string, Buffer, string]>([
    ['GeneralizedTime', generalizedTime('20300829100529Z'), '2030-08-29T10:05:29.000Z'],
    ['GeneralizedTime with +0000', generalizedTime('20300829100529+0000'), '2030-08-29T10:05:29.000Z'],
    ['GeneralizedTime with +0530', generalizedTime('20300829100529+0530'), '2030-08-29T04:35:29.000Z'],
    ['GeneralizedTime with -0800', generalizedTime('20300829230529-0800'), '2030-08-30T07:05:29.000Z'],
    ['GeneralizedTime with a fraction', generalizedTime('20300829100529.5Z'), '2030-08-29T10:05:29.500Z'],
    ['UTCTime without seconds', utcTime('3008291005Z'), '2030-08-29T10:05:00.000Z'],
    ['UTCTime with an offset', utcTime('300829100529+0200'), '2030-08-29T08:05:29.000Z'],
    ['UTCTime of the last century', utcTime('500101000000Z'), '1950-01-01T00:00:00.000Z'],
    ['the year 30', generalizedTime('00301231235959Z'), '0030-12-31T23:59:59.000Z'],
    ['the year 1949', generalizedTime('19490101000000Z'), '1949-01-01T00:00:00.000Z'],
    ['no defined end', generalizedTime('99991231235959Z'), '9999-12-31T23:59:59.000Z'],
  ])('is read, in every time zone of the process: %s', (_, notAfter, moment) => {
    for (const zone of ['UTC', 'America/New_York', 'Asia/Kolkata']) {
      process.env['TZ'] = zone
      const { expiresAt, issues } = parse({ notAfter })
      expect({ moment: new Date(expiresAt ?? Number.NaN).toISOString(), issues }).toEqual({ moment, issues: [] })
    }
  })

  it.each<[string, Buffer]>([
    ['UTCTime without a zone', utcTime('300829100529')],
    ['UTCTime without seconds and zone', utcTime('3008291005')],
    ['GeneralizedTime without a zone', generalizedTime('20300829100529')],
    ['February 30', utcTime('300230000000Z')],
    ['February 29 of a common year', utcTime('270229000000Z')],
    ['month 99', generalizedTime('99999999999999Z')],
    ['hour 24', utcTime('300829240000Z')],
    ['second 60', utcTime('300829235960Z')],
    ['an offset beyond twelve hours', utcTime('300829235900+1300')],
    ['an offset without minutes', utcTime('300829235900+01')],
    ['a fraction in UTCTime', utcTime('300829235900.5Z')],
    ['another type', utf8(0x0c, '300829235900Z')],
    ['two digits of a year too few', generalizedTime('300829235900Z')],
    ['a year beyond 9999', generalizedTime('99991231235959-1200')],
    ['no text', utcTime('')],
  ])('that is not one is null with an issue, and nothing else is: %s', (_, notAfter) => {
    expect(parse({ notAfter })).toMatchObject({
      serialNumber: '01',
      subject: 'CN=a',
      validFrom: Date.UTC(2026, 0),
      expiresAt: null,
      issues: [expect.stringMatching(/^notAfter: /)],
    })
    expect(parse({ notBefore: notAfter })).toMatchObject({
      validFrom: null,
      expiresAt: Date.UTC(2036, 0),
      issues: [expect.stringMatching(/^notBefore: /)],
    })
  })
})

describe('an algorithm', () => {
  it.each([
    ['DSA with SHA-256', '2.16.840.1.101.3.4.3.2', 'SHA-256'],
    ['DSA with SHA-1', '1.2.840.10040.4.3', 'SHA-1'],
    ['OIW’s SHA-1 with RSA', '1.3.14.3.2.29', 'SHA-1'],
    ['RSA with SHA-512/256', '1.2.840.113549.1.1.16', 'SHA-512/256'],
    ['RSA with SHA3-256', '2.16.840.1.101.3.4.3.14', 'SHA3-256'],
    ['ECDSA with SHA3-512', '2.16.840.1.101.3.4.3.12', 'SHA3-512'],
    ['RSA with MD2', '1.2.840.113549.1.1.2', 'MD2'],
    ['RSA with MD5', '1.2.840.113549.1.1.4', 'MD5'],
    ['Ed25519', '1.3.101.112', null],
    ['ML-DSA-44', '2.16.840.1.101.3.4.3.17', null],
    ['SLH-DSA-SHAKE-256f', '2.16.840.1.101.3.4.3.31', null],
  ])('of the signature is named by its hash: %s', (_, id, hash) => {
    expect(parse({ signatureAlgorithm: algorithm(id) })).toMatchObject({ signatureAlgorithm: hash, issues: [] })
  })

  it.each([
    ['SHA3-256', [der(0x30, der(0xa0, algorithm('2.16.840.1.101.3.4.2.8')))]],
    ['SHA-512', [der(0x30, der(0xa0, algorithm('2.16.840.1.101.3.4.2.3', Buffer.from('0500', 'hex'))))]],
    ['SHA-1', [der(0x30)]],
  ])('of RSASSA-PSS is named by the hash in its parameters: %s', (hash, parameters) => {
    const signatureAlgorithm = algorithm('1.2.840.113549.1.1.10', ...parameters)
    expect(parse({ signatureAlgorithm })).toMatchObject({ signatureAlgorithm: hash, issues: [] })
  })

  it('of an RSASSA-PSS signature that differs from the one in the signed part is null with an issue', () => {
    const pss = (hash: string) => algorithm('1.2.840.113549.1.1.10', der(0x30, der(0xa0, algorithm(hash))))
    const [sha256, sha1] = [pss('2.16.840.1.101.3.4.2.1'), pss('1.3.14.3.2.26')]
    expect(parse({ signatureAlgorithm: sha256, signedAlgorithm: sha1 })).toMatchObject({
      signatureAlgorithm: null,
      issues: ['signatureAlgorithm: SHA-256, but SHA-1 in the signed part'],
    })
    for (const signatureAlgorithm of [
      algorithm('1.2.840.10045.4.3'),
      algorithm('1.2.840.113549.1.1.10', der(0x30, der(0xa0))),
    ]) {
      expect(parse({ signatureAlgorithm, signedAlgorithm: signatureAlgorithm })).toMatchObject({
        signatureAlgorithm: null,
        issues: [expect.stringMatching(/^signatureAlgorithm: /)],
      })
    }
  })

  it('of the signature that differs from the one in the signed part is null with an issue', () => {
    const { signatureAlgorithm, issues } = parse({ signedAlgorithm: algorithm('1.2.840.10045.4.3.3') })
    expect({ signatureAlgorithm, issues }).toEqual({
      signatureAlgorithm: null,
      issues: ['signatureAlgorithm: 1.2.840.10045.4.3.2, but 1.2.840.10045.4.3.3 in the signed part'],
    })
    expect(parse({ signedAlgorithm: der(0x30) })).toMatchObject({
      subject: 'CN=a',
      signatureAlgorithm: null,
      issues: [expect.stringMatching(/^signatureAlgorithm: /)],
    })
  })

  it('that is not known is null with an issue that has its object identifier', () => {
    const { signatureAlgorithm, issues } = parse({ signatureAlgorithm: algorithm('1.2.3.4') })
    expect({ signatureAlgorithm, issues }).toEqual({
      signatureAlgorithm: null,
      issues: ['signatureAlgorithm: unknown algorithm 1.2.3.4'],
    })
  })

  it.each([
    ['ML-DSA-65', '2.16.840.1.101.3.4.3.18'],
    ['SLH-DSA-SHA2-128s', '2.16.840.1.101.3.4.3.20'],
    ['ML-KEM-768', '2.16.840.1.101.3.4.4.2'],
  ])('of a key is named, and needs no size: %s', (keyAlgorithm, id) => {
    const publicKey = keyOf(algorithm(id), Buffer.from('00', 'hex'))
    expect(parse({ publicKey })).toMatchObject({ keyAlgorithm, keySize: null, issues: [] })
  })

  it.each<[string, Buffer, string]>([
    [
      'an implicit curve',
      keyOf(algorithm('1.2.840.10045.2.1', Buffer.from('0500', 'hex')), Buffer.from('0401', 'hex')),
      'ECDSA',
    ],
    [
      'an RSA key of garbage',
      keyOf(algorithm('1.2.840.113549.1.1.1', Buffer.from('0500', 'hex')), Buffer.from('ffff', 'hex')),
      'RSA',
    ],
    ['a DSA key of garbage', keyOf(algorithm('1.2.840.10040.4.1'), Buffer.from('ffff', 'hex')), 'DSA'],
    ['a key of an unknown kind', keyOf(algorithm('1.2.3.4'), Buffer.from('00', 'hex')), '1.2.3.4'],
  ])('of a key that OpenSSL cannot read is kept, with an issue for its size: %s', (_, publicKey, keyAlgorithm) => {
    const bytes = buildCertificate({ publicKey })
    const details = parseX509(toPem(bytes))
    expectRest(details, bytes)
    expect(details).toMatchObject({ keyAlgorithm, keySize: null })
    expect(details.issues).toEqual([expect.stringMatching(/^subjectPublicKeyInfo: /)])
  })
})

describe('a distinguished name', () => {
  const subjectOf = (...attributes: Buffer[]) => parse({ subject: nameOf(...attributes) }).subject
  const cn = (value: Buffer) => attribute('2.5.4.3', value)

  it('leaves out parts without attributes', () => {
    const empty = der(0x31)
    const subject = der(0x30, empty, der(0x31, commonName('a')), empty)
    expect(parse({ subject })).toMatchObject({ subject: 'CN=a', issues: [] })
    expect(parse({ subject: der(0x30, empty) })).toMatchObject({ subject: null, issues: [] })
  })

  it.each<[string, Buffer, string]>([
    ['NumericString', ascii(0x12, '123 4'), 'CN=123 4'],
    ['T61String', ascii(0x14, 'S\xfcd'), 'CN=Süd'],
    ['BMPString', der(0x1e, Buffer.from('Süd 😀', 'utf16le').swap16()), 'CN=Süd 😀'],
    ['UniversalString beyond U+FFFF', der(0x1c, '000000530001f600'), 'CN=S😀'],
    ['an OCTET STRING', der(0x04, '0102'), 'CN=#04020102'],
    ['invalid UTF-8', der(0x0c, 'ff'), 'CN=#0c01ff'],
    ['half a surrogate pair', der(0x1e, 'd83d'), 'CN=#1e02d83d'],
    ['a UniversalString that is cut off', der(0x1c, '0000'), 'CN=#1c020000'],
  ])('has a value of the type %s', (_, value, subject) => {
    expect(subjectOf(cn(value))).toBe(subject)
  })

  it('has object identifiers with arcs of any size', () => {
    const id = '2.25.305821105408246119474742976030998643995'
    expect(subjectOf(attribute(id, utf8(0x0c, 'v')))).toBe(`${id}=#0c0176`)
  })
})

describe('a serial number', () => {
  it.each([
    ['ee2b3debd421de14a862ac04f3ddc401', '-11d4c2142bde21eb579d53fb0c223bff'],
    ['ff', '-01'],
    ['80', '-80'],
    ['00', '00'],
    ['00ff', 'ff'],
  ])('%s is written as OpenSSL does: %s', (serialNumber, written) => {
    expect(parse({ serialNumber })).toMatchObject({ serialNumber: written, issues: [] })
  })
})

describe('a certificate in PEM', () => {
  const bytes = buildCertificate()
  const expected = parseX509(toPem(bytes))
  const frame = (text: string, label = 'CERTIFICATE') => `-----BEGIN ${label}-----\n${text}\n-----END ${label}-----\n`
  const base64 = bytes.toString('base64')

  it.each([
    ['a zero byte', Buffer.alloc(1)],
    ['another certificate', buildCertificate({ serialNumber: '02' })],
    ['bytes that are not DER', Buffer.from('ffffff', 'hex')],
  ])('is read without the bytes that follow it: %s', (_, rest) => {
    const pem = toPem(Buffer.concat([bytes, rest]))
    expect(parseX509(pem)).toEqual(expected)
    expect(derOf(pem)).toEqual(bytes)
  })

  it.each([
    ['the label X509 CERTIFICATE', frame(base64, 'X509 CERTIFICATE')],
    ['the label TRUSTED CERTIFICATE', frame(base64, 'TRUSTED CERTIFICATE')],
    ['headers', frame(`Proc-Type: 4,CLEAR\nComment: a: b\n more\n\n${base64}`)],
    ['headers and Windows line breaks', frame(`Proc-Type: 4,CLEAR\r\n\r\n${base64}`)],
    ['padding within its text', frame(`${base64}=\n${base64}`)],
  ])('may have %s', (_, pem) => {
    expect(parseX509(pem)).toEqual(expected)
  })

  it('is not looked for behind one that is cut off', () => {
    const cut = `-----BEGIN CERTIFICATE-----\n${base64.slice(0, 40)}\n${frame(base64)}`
    expect(() => parseX509(cut)).toThrow('no certificate in PEM')
  })

  it('is not the one that an extension contains', () => {
    const inner = buildCertificate({ serialNumber: '05' })
    const outer = buildCertificate({ extensions: [extension('1.2.3.4', ascii(0x16, `\n${toPem(inner)}`))] })
    expect(new X509Certificate(toPem(outer)).serialNumber).toBe('01')
    expect(parseX509(toPem(outer)).serialNumber).toBe('01')
  })
})
