import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from '@jest/globals'
import { parseX509 } from '../../src/catalog/x509.ts'
import { type CertificateRequest, issueCertificate } from '../../src/sandbox/issue-certificate.ts'
import { rareCertificates } from '../support/rare-certificates.ts'

const issue = async (request: Partial<CertificateRequest> = {}): Promise<string> => {
  const { pem } = await issueCertificate({
    subject: 'CN=Gateway CA,O=Bluequay Freight,C=NL',
    serialNumber: '0a1b2c3d',
    notBefore: new Date('2030-01-01T00:00:00Z'),
    notAfter: new Date('2031-01-01T00:00:00Z'),
    keyAlgorithm: 'ECDSA',
    authority: true,
    ...request,
  })
  return pem
}

/** A name as Node.js prints it (one part per line, least specific first) → RFC 4514. */
const mostSpecificFirst = (name: string) => name.split('\n').reverse().join(',')

describe('parseX509', () => {
  it.each([
    'CN=Gateway CA,O=Bluequay Freight,C=NL',
    'CN=Gateway CA,OU=Proxies\\, outer,OU=Edge\\+Core,O=Bluequay Freight,L=Delfzijl,ST=Groningen,C=NL',
    'CN=Kade Zuid / Süd 漢字,O=Bluequay Freight,C=NL',
    'CN=gateway,DC=bluequay,DC=example',
    'CN=Gateway \\<1\\>\\; Gateway 2,O=Bluequay Freight,C=NL',
  ])('returns the subject and issuer %s unchanged', async (name) => {
    const pem = await issue({ subject: name, issuer: 'CN=Root CA,O=Bluequay Freight,C=NL' })
    expect(parseX509(pem)).toMatchObject({ subject: name, issuer: 'CN=Root CA,O=Bluequay Freight,C=NL' })
    const node = new X509Certificate(pem)
    expect(mostSpecificFirst(node.issuer)).toBe('CN=Root CA,O=Bluequay Freight,C=NL')
    if (/^[\w=, \\+]+$/.test(name)) expect(mostSpecificFirst(node.subject)).toBe(name)
  })

  it.each(['01', '7f', '80', 'ff', '0123', '00ff', '8000000000000000000000000000000000000001', '0a1b2c3d'])(
    'returns the serial number %s as lower-case bytes without leading zero bytes',
    async (serialNumber) => {
      const pem = await issue({ serialNumber })
      const { serialNumber: parsed } = parseX509(pem)
      expect(parsed).toBe(new X509Certificate(pem).serialNumber.toLowerCase())
      expect(parsed).toBe(serialNumber.replace(/^(00)+/, ''))
    },
  )

  it.each([
    ['an RSA modulus', { keyAlgorithm: 'RSA' }, 2048],
    ['a curve', { keyAlgorithm: 'ECDSA' }, 256],
    ['Ed25519', { keyAlgorithm: 'Ed25519' }, 256],
  ] as const)('returns the key size of %s, the dates, and whether it is a CA', async (_, request, size) => {
    expect(parseX509(await issue(request))).toMatchObject({
      keySize: size,
      isCA: true,
      validFrom: Date.parse('2030-01-01T00:00:00Z'),
      expiresAt: Date.parse('2031-01-01T00:00:00Z'),
    })
    expect(parseX509(await issue({ ...request, authority: false })).isCA).toBe(false)
  })

  it.each(['RSA', 'ECDSA', 'Ed25519'] as const)(
    'returns the key algorithm %s and the same fingerprint as Node.js',
    async (keyAlgorithm) => {
      const pem = await issue({ keyAlgorithm })
      expect(parseX509(pem)).toMatchObject({
        keyAlgorithm,
        signatureAlgorithm: keyAlgorithm === 'Ed25519' ? null : 'SHA-256',
        sha256Fingerprint: new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase(),
      })
    },
  )

  it.each([
    ['Ed448', { keyAlgorithm: 'Ed448', keySize: 456, subject: 'CN=ED448' }],
    ['P224', { keyAlgorithm: 'ECDSA', keySize: 224, signatureAlgorithm: 'SHA-256' }],
    ['MD5', { keyAlgorithm: 'RSA', keySize: 1024, signatureAlgorithm: 'MD5', subject: 'CN=MD5' }],
    ['SHA1', { keyAlgorithm: 'RSA', keySize: 1024, signatureAlgorithm: 'SHA-1', subject: 'CN=SHA-1' }],
  ] as const)('parses the rare certificate %s', (kind, expected) => {
    const pem = rareCertificates[kind]
    const { serialNumber, fingerprint256 } = new X509Certificate(pem)
    expect(serialNumber).toBe('07')
    expect(parseX509(pem)).toMatchObject({
      ...expected,
      serialNumber: '07',
      sha256Fingerprint: fingerprint256.replaceAll(':', '').toLowerCase(),
    })
  })

  it('distinguishes the key algorithm from the signature algorithm', async () => {
    const pem = await issue({ keyAlgorithm: 'Ed25519', signedWith: 'RSA', issuer: 'CN=Root CA' })
    expect(parseX509(pem)).toMatchObject({ keyAlgorithm: 'Ed25519', signatureAlgorithm: 'SHA-256' })
  })

  it('returns unique alternative names: hosts in lower case, addresses as text, other kinds with a prefix', async () => {
    const pem = await issue({
      subjectAltNames: [
        { type: 'dns', value: 'Gateway.Bluequay.example' },
        { type: 'dns', value: 'gateway.bluequay.example' },
        { type: 'dns', value: '*.bluequay.example' },
        { type: 'ip', value: '192.0.2.7' },
        { type: 'ip', value: '2001:0DB8:0:0:0:0:0:7' },
        { type: 'email', value: 'Certificates@bluequay.example' },
        { type: 'url', value: 'https://Bluequay.example/CA' },
      ],
    })
    expect(parseX509(pem).subjectAltNames).toEqual([
      'gateway.bluequay.example',
      '*.bluequay.example',
      '192.0.2.7',
      '2001:db8::7',
      'email:Certificates@bluequay.example',
      'URI:https://Bluequay.example/CA',
    ])
    expect(parseX509(await issue()).subjectAltNames).toEqual([])
  })
})

describe('PEM', () => {
  const body = (pem: string) => pem.replaceAll(/-----[A-Z ]+-----/g, '').trim()
  const framed = (text: string) => `-----BEGIN CERTIFICATE-----${text}-----END CERTIFICATE-----`

  it.each<[string, (pem: string) => string]>([
    ['on one line', (pem) => pem.replaceAll('\n', '')],
    ['with spaces for line breaks', (pem) => pem.trim().replaceAll('\n', ' ')],
    ['with Windows line breaks', (pem) => pem.replaceAll('\n', '\r\n')],
    ['with escaped line breaks', (pem) => pem.replaceAll('\n', '\\n')],
    ['with text around it', (pem) => `subject=CN\n${pem}\nthe end`],
    ['with tabs and blank lines in it', (pem) => framed(`\n\n\t${body(pem).replaceAll('\n', '\n\n\t')}\n\n`)],
  ])('%s is parsed like PEM in lines', async (_, change) => {
    const pem = await issue()
    expect(parseX509(change(pem))).toEqual(parseX509(pem))
  })

  it('of a chain is parsed as its first certificate', async () => {
    const [leaf, root] = [await issue({ subject: 'CN=leaf' }), await issue({ subject: 'CN=root' })]
    expect(parseX509(leaf + root).subject).toBe('CN=leaf')
    expect(parseX509((leaf + root).replaceAll('\n', '')).subject).toBe('CN=leaf')
  })

  it.each([
    ['no text', ''],
    ['words', 'no certificate'],
    ['a public key', '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA\n-----END PUBLIC KEY-----'],
    ['an empty block', framed('\n')],
    ['text that is not base64', framed('!!!')],
    ['base64 that is not DER', framed(Buffer.from('not DER').toString('base64'))],
    ['no end', '-----BEGIN CERTIFICATE-----\nMIIB'],
  ])('with %s is rejected', (_, text) => {
    expect(() => parseX509(text)).toThrow()
  })

  it('that is cut off is rejected', async () => {
    const pem = await issue()
    expect(() => parseX509(framed(body(pem).slice(0, 200)))).toThrow()
  })
})
