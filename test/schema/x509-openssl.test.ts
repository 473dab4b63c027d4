import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { attributeTypes } from '../../src/catalog/attribute-types.ts'
import { issueCertificate } from '../../src/sandbox/issue-certificate.ts'
import { describeWithOpenSSL, readByOpenSSL } from '../support/openssl.ts'
import { rareCertificates } from '../support/rare-certificates.ts'
import { replaceContent } from '../support/replace-content.ts'
import { firstOf } from '../support/rewriting.ts'
import { type Stack, startStack } from '../support/stack.ts'

interface Certificate {
  pem: string
  subject: string
  issuer: string
  serialNumber: string
  sha256Fingerprint: string
  keyAlgorithm: string
  keySize: number
  validFrom: string | null
  expiresAt: string | null
  subjectAltNames: string[]
  isCA?: boolean
}

const fields = 'subject issuer serialNumber sha256Fingerprint keyAlgorithm keySize validFrom expiresAt subjectAltNames'

let stack: Stack
beforeEach(async () => {
  stack = await startStack({ limits: false })
})
afterEach(() => stack.close())

async function list(type: string, own: string): Promise<Certificate[]> {
  const provider = type.replace('Certificate', '').toUpperCase()
  const { data, errors } = await stack.ask<{ certificates: { nodes: Certificate[] } }>(
    `{ certificates(first: 100, filter: { providers: [${provider}] }) { nodes { ... on ${type} { ${own} ${fields} } } } }`,
  )
  expect(errors).toBeUndefined()
  return data.certificates.nodes
}

const uploads = () => firstOf(stack.openai.state.organizations).certificates

/** OpenSSL prints no size for keys of a fixed size. */
const onlySizes: Readonly<Record<string, number>> = { Ed25519: 256, Ed448: 456 }

/** An alternative name in OpenSSL's notation. */
function asOpenSSL(name: string): string {
  if (/^(email|URI):/.test(name)) return name
  if (/^[\d.]+$/.test(name)) return `IP Address:${name}`
  if (!name.includes(':')) return `DNS:${name}`
  const [before = '', after = ''] = name.split('::')
  const [head, tail] = [before, after].map((part) => part.split(':').filter(Boolean)) as [string[], string[]]
  const groups = [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail]
  return `IP Address:${groups.join(':').toUpperCase()}`
}

describeWithOpenSSL('the X.509 fields', () => {
  it('equal the output of OpenSSL for OpenAI certificates', async () => {
    const nodes = await list('OpenAICertificate', 'pem isCA')
    expect(nodes).toHaveLength(14)
    for (const { pem, keyAlgorithm, validFrom, expiresAt, subjectAltNames, ...told } of nodes) {
      const printed = readByOpenSSL(pem)
      expect(told).toEqual({
        subject: printed.subject,
        issuer: printed.issuer,
        serialNumber: printed.serialNumber,
        sha256Fingerprint: printed.sha256Fingerprint,
        keySize: printed.keySize ?? onlySizes[keyAlgorithm],
        isCA: printed.isCA,
      })
      // From the vendor's list, which may lack them.
      expect([validFrom ?? printed.validFrom, expiresAt ?? printed.expiresAt]).toEqual([
        printed.validFrom,
        printed.expiresAt,
      ])
      const names = printed.subjectAltNames.map((name) =>
        name.startsWith('DNS:') ? `DNS:${name.slice(4).toLowerCase()}` : name,
      )
      expect(subjectAltNames.map(asOpenSSL)).toEqual(names)
    }
    expect(nodes.filter(({ validFrom, expiresAt }) => validFrom && expiresAt)).toHaveLength(12)
    expect(nodes.filter(({ subjectAltNames }) => subjectAltNames.length > 0)).toHaveLength(1)
  })

  it('equal the output of OpenSSL for rare algorithms and names that need escaping', async () => {
    const strange = await issueCertificate({
      subject:
        'CN=Kade Zuid / Süd 漢字,OU=Proxies\\, outer,OU=Edge\\+Core,O=\\"Quoted\\" \\<1\\>\\; 2,L=a\\0Ab\\7Fc\\C2\\85d,C=NL',
      issuer: 'CN=Root CA,O=Bluequay Freight,C=NL',
      serialNumber: '00ff01',
      notBefore: new Date('2029-12-31T23:59:58Z'),
      notAfter: new Date('2031-01-01T00:00:01Z'),
      keyAlgorithm: 'RSA',
    })
    const everyType = await issueCertificate({
      subject: [...attributeTypes.keys(), '1.2.3.4'].map((type) => `${type}=of ${type}`).join(','),
      serialNumber: '01',
      notBefore: new Date('2029-12-31T23:59:58Z'),
      notAfter: new Date('2031-01-01T00:00:01Z'),
      keyAlgorithm: 'RSA',
    })
    const pems = [...Object.values(rareCertificates), strange.pem, everyType.pem]
    pems.forEach((pem, index) => {
      const row = uploads()[index]
      if (row) replaceContent(row, pem)
    })
    const nodes = await list('OpenAICertificate', 'pem isCA')
    const told = nodes.filter(({ pem }) => pems.includes(pem))
    expect(told).toHaveLength(pems.length)
    for (const { pem, subject, issuer, serialNumber, sha256Fingerprint, keyAlgorithm, keySize, isCA } of told) {
      const printed = readByOpenSSL(pem)
      expect({ subject, issuer, serialNumber, sha256Fingerprint, isCA, keySize }).toEqual({
        subject: printed.subject,
        issuer: printed.issuer,
        serialNumber: printed.serialNumber,
        sha256Fingerprint: printed.sha256Fingerprint,
        isCA: printed.isCA,
        keySize: printed.keySize ?? onlySizes[keyAlgorithm],
      })
    }
    expect(told.map(({ isCA }) => isCA).toSorted()).toEqual([false, false, true, true, true, true])
    expect(new Set(told.map(({ keySize }) => keySize))).toEqual(new Set([224, 456, 1024, 2048]))
  })

  it('equal the output of OpenSSL for Akamai certificates', async () => {
    const nodes = await list('AkamaiCertificate', 'pem')
    expect(nodes.length).toBeGreaterThan(13)
    for (const { pem, keyAlgorithm, subjectAltNames, ...told } of nodes) {
      const { isCA, keySize, subjectAltNames: names, signatureAlgorithm, ...printed } = readByOpenSSL(pem)
      expect(told).toEqual({ ...printed, keySize: keySize ?? onlySizes[keyAlgorithm] })
      expect(isCA).toBe(false)
    }
  })
})
