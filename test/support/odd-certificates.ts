import { toPem } from '../../src/catalog/x509/pem.ts'
import * as build from './build-certificate.ts'

const { algorithm, altNames, ascii, attribute, buildCertificate, commonName, der, extension, nameOf, oid, utf8 } = build
const { generalizedTime, isAuthority, keyOf, utcTime } = build

const dns = (text: string) => ascii(0x82, text)
const withNames = (...names: Buffer[]) => buildCertificate({ extensions: [isAuthority, altNames(...names)] })
const withExtension = (id: string, value: Buffer) =>
  buildCertificate({ extensions: [isAuthority, extension(id, value)] })
const withSubject = (value: Buffer) => buildCertificate({ subject: nameOf(attribute('2.5.4.3', value)) })
const withSignature = (id: string, ...parameters: Buffer[]) =>
  buildCertificate({ signatureAlgorithm: algorithm(id, ...parameters) })
const none = Buffer.alloc(0)
const nul = Buffer.from('0500', 'hex')

/** Certificates that libraries read differently, after public bug reports. OpenSSL reads all of them. */
const certificates: Readonly<Record<string, Buffer>> = {
  'authority information access without a location': withExtension(
    '1.3.6.1.5.5.7.1.1',
    der(0x30, der(0x30, '06082b06010505073001')),
  ),
  'CRL distribution points without content': withExtension('2.5.29.31', der(0x30)),
  'a policy without content': withExtension('2.5.29.32', der(0x30, der(0x30))),
  'key usage without bits': withExtension('2.5.29.15', der(0x03)),
  'basic constraints that are cut off': buildCertificate({
    extensions: [extension(build.basicConstraints, Buffer.from('3005', 'hex'))],
  }),
  'an otherName without its tag': withNames(der(0xa0, oid('2.5.4.3'), utf8(0x0c, 'x')), dns('a.example')),
  'an XMPP address': withNames(
    der(0xa0, oid('1.3.6.1.5.5.7.8.5'), der(0xa0, utf8(0x0c, 'x@im.example'))),
    dns('a.example'),
  ),
  'an x400Address': withNames(der(0xa3, '3000'), dns('a.example')),
  'an ediPartyName': withNames(der(0xa5, 'a1030c0178'), dns('a.example')),
  'a DNS name in UTF-8': withNames(utf8(0x82, 'bücher.example')),
  'an IP address of 5 bytes': withNames(der(0x87, '0102030405'), dns('a.example')),
  'a directory name': withNames(der(0xa4, nameOf(attribute('2.5.4.6', ascii(0x13, 'NL')), commonName('dir')))),
  'alternative names twice': buildCertificate({
    extensions: [altNames(dns('first.example')), altNames(dns('second.example'))],
  }),
  'no alternative names in the extension': withNames(),
  'an implicit curve': buildCertificate({
    publicKey: keyOf(algorithm('1.2.840.10045.2.1', nul), Buffer.from('0401', 'hex')),
  }),
  'an RSA key of garbage': buildCertificate({
    publicKey: keyOf(algorithm('1.2.840.113549.1.1.1', nul), Buffer.from('ffff', 'hex')),
  }),
  'a DSA key of garbage': buildCertificate({
    publicKey: keyOf(algorithm('1.2.840.10040.4.1'), Buffer.from('ffff', 'hex')),
  }),
  'a time with +0000': buildCertificate({ notAfter: generalizedTime('20300829100529+0000') }),
  'a time with +0530': buildCertificate({ notAfter: generalizedTime('20300829100529+0530') }),
  'a time with a fraction': buildCertificate({ notAfter: generalizedTime('20300829100529.5Z') }),
  'a time without seconds': buildCertificate({ notAfter: utcTime('3008291005Z') }),
  'a time without a zone': buildCertificate({ notAfter: utcTime('300829100529') }),
  'February 30': buildCertificate({ notAfter: utcTime('300230000000Z') }),
  'month 99': buildCertificate({ notAfter: generalizedTime('99999999999999Z') }),
  'the year 30': buildCertificate({ notAfter: generalizedTime('00301231235959Z') }),
  'the year 1949': buildCertificate({ notBefore: generalizedTime('19490101000000Z') }),
  'the last second': buildCertificate({ notAfter: generalizedTime('99991231235959Z') }),
  'DSA with SHA-256': withSignature('2.16.840.1.101.3.4.3.2'),
  'OIW’s SHA-1 with RSA': withSignature('1.3.14.3.2.29'),
  'RSA with SHA-512/256': withSignature('1.2.840.113549.1.1.16', nul),
  'RSA with MD2': withSignature('1.2.840.113549.1.1.2', nul),
  'RSASSA-PSS with SHA3-256': withSignature(
    '1.2.840.113549.1.1.10',
    der(0x30, der(0xa0, algorithm('2.16.840.1.101.3.4.2.8'))),
  ),
  'an unknown signature': withSignature('1.2.3.4'),
  'two signature algorithms': buildCertificate({ signedAlgorithm: algorithm('1.2.840.10045.4.3.3') }),
  'empty parts of a name': buildCertificate({ subject: der(0x30, der(0x31), der(0x31, commonName('a')), der(0x31)) }),
  'a NumericString': withSubject(ascii(0x12, '123 4')),
  'a UniversalString beyond U+FFFF': withSubject(der(0x1c, '000000530001f600')),
  'an arc of 128 bits': buildCertificate({
    subject: nameOf(attribute('2.25.305821105408246119474742976030998643995', utf8(0x0c, 'v'))),
  }),
  'a negative serial number': buildCertificate({ serialNumber: 'ee2b3debd421de14a862ac04f3ddc401' }),
  'a serial number of 40 bytes': buildCertificate({ serialNumber: '7f'.repeat(40) }),
  'a zero byte after the certificate': Buffer.concat([buildCertificate(), Buffer.alloc(1)]),
  'another certificate after the certificate': Buffer.concat([
    buildCertificate(),
    buildCertificate({ serialNumber: '02' }),
  ]),
  'extended key usage without bytes': withExtension('2.5.29.37', none),
}

/** The kind of oddity, and the certificate in PEM. */
export const oddCertificates = Object.entries(certificates).map(([kind, bytes]) => [kind, toPem(bytes)] as const)
