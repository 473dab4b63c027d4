import { X509Certificate } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { toPem } from '../../src/catalog/x509/pem.ts'
import { issueCertificate } from '../../src/sandbox/issue-certificate.ts'
import { altNames, ascii, buildCertificate, der, utcTime } from '../support/build-certificate.ts'
import { replaceContent } from '../support/replace-content.ts'
import { findOnly, firstOf } from '../support/rewriting.ts'
import { type Stack, startStack } from '../support/stack.ts'

const x509Fields = 'subject issuer serialNumber sha256Fingerprint keyAlgorithm signatureAlgorithm subjectAltNames'

interface Certificate {
  certificateId: string
  name: string
  pem: string | null
  subject: string | null
  issuer: string | null
  serialNumber: string | null
  sha256Fingerprint: string | null
  keyAlgorithm: string | null
  signatureAlgorithm: string | null
  subjectAltNames: string[] | null
  x509Issues?: string[] | null
}

let stack: Stack
beforeEach(async () => {
  stack = await startStack()
})
afterEach(() => stack.close())

async function list(fields: string) {
  const { data, errors } = await stack.ask<{ openAIOrganization: { certificates: { nodes: Certificate[] } } }>(
    `{ openAIOrganization(id: "org_bluequay") { certificates { nodes { certificateId name ${fields} } } } }`,
  )
  return { nodes: data.openAIOrganization.certificates.nodes, errors }
}

const held = (name: string) =>
  findOnly(
    stack.openai.state.organizations.flatMap(({ certificates }) => certificates),
    (row) => row.name === name,
  )

/** The issuer of one of the sandbox's certificates. */
const requestOf = ({ x509 }: ReturnType<typeof held>) => firstOf([x509].flatMap((request) => request ?? []))

const contentCalls = () => stack.callsTo('/organization/certificates/')

describe('the X.509 fields of an OpenAI certificate', () => {
  it('are those of its PEM, normalized', async () => {
    const { nodes, errors } = await list(`pem ${x509Fields}`)
    expect(errors).toBeUndefined()
    for (const node of nodes) {
      const parsed = new X509Certificate(node.pem ?? '')
      expect(node.sha256Fingerprint).toBe(parsed.fingerprint256.replaceAll(':', '').toLowerCase())
      expect(node.serialNumber).toBe(parsed.serialNumber.toLowerCase())
      expect(node.subject).toBe(parsed.subject.split('\n').toReversed().join(','))
      expect(node.issuer).toBe(parsed.issuer.split('\n').toReversed().join(','))
    }
  })

  it('cover every kind of name, key and issuer', async () => {
    const { nodes } = await list(x509Fields)
    expect(findOnly(nodes, ({ name }) => name === 'Partner exchange')).toMatchObject({
      subject: 'CN=Partner Exchange CA,O=Bluequay Freight,C=NL',
      issuer: 'CN=Bluequay Root CA,O=Bluequay Freight,C=NL',
      keyAlgorithm: 'ECDSA',
      signatureAlgorithm: 'SHA-256',
      subjectAltNames: [
        'exchange.bluequay.example',
        '*.exchange.bluequay.example',
        '192.0.2.40',
        '2001:db8::40',
        'email:certificates@bluequay.example',
        'URI:https://exchange.bluequay.example/ca',
      ],
    })
    expect(new Set(nodes.map(({ keyAlgorithm }) => keyAlgorithm))).toEqual(new Set(['RSA', 'ECDSA', 'Ed25519']))
  })

  it('cost no call unless they are selected', async () => {
    await list('active createdAt validFrom expiresAt expiryStatus daysUntilExpiry parseIssues asOf stale')
    expect(contentCalls()).toEqual([])
  })

  it('cost one call per certificate, for its content', async () => {
    await list(`pem ${x509Fields}`)
    const calls = contentCalls()
    expect(calls.map(({ query }) => query.getAll('include[]'))).toEqual(Array(14).fill(['content']))
    expect(new Set(calls.map(({ path }) => path)).size).toBe(14)
  })

  it('are parsed once per process, for every path to the certificate', async () => {
    await list(x509Fields)
    stack.clock.advance(86_400_000)
    await list('subject')
    await stack.ask(`{ certificatePlaces(providers: [OPENAI]) { nodes { ... on OpenAIProject {
      certificates { nodes { issuer serialNumber } }
    } } } }`)
    await stack.ask('{ certificates(filter: { providers: [OPENAI], issuerContains: "root" }) { nodes { subject } } }')
    expect(contentCalls()).toHaveLength(14)
  })

  it('are cached without the PEM, which every operation reads again', async () => {
    for (const _ of [1, 2]) await list('pem')
    expect(contentCalls()).toHaveLength(28)
  })
})

describe('a PEM', () => {
  it.each<[string, (pem: string) => string]>([
    ['on one line', (pem) => pem.replaceAll('\n', '')],
    ['with spaces instead of line breaks', (pem) => pem.replaceAll('\n', ' ')],
    ['with escaped line breaks', (pem) => pem.replaceAll('\n', '\\n')],
    ['with CRLF line breaks', (pem) => pem.replaceAll('\n', '\r\n')],
    ['with text before and after it', (pem) => `subject=CN=x\n${pem}\nend\n`],
  ])('may be %s', async (_, spell) => {
    const row = held('Service mesh')
    const { pem, sha256Fingerprint } = await issueCertificate(requestOf(row))
    row.pem = spell(pem)
    const { nodes, errors } = await list(`pem ${x509Fields}`)
    expect(errors).toBeUndefined()
    expect(findOnly(nodes, ({ name }) => name === row.name)).toMatchObject({ pem: row.pem, sha256Fingerprint })
  })

  it('may be a chain, of which the first certificate is used', async () => {
    const [row, other] = [held('Service mesh'), held('Gateway clients')]
    const [own, parent] = await Promise.all([issueCertificate(requestOf(row)), issueCertificate(requestOf(other))])
    row.pem = `${own.pem}\n${parent.pem}`
    const { nodes } = await list('sha256Fingerprint')
    expect(findOnly(nodes, ({ name }) => name === row.name).sha256Fingerprint).toBe(own.sha256Fingerprint)
  })

  it.each([
    ['not a PEM', 'not a certificate'],
    ['a PEM without content', '-----BEGIN CERTIFICATE----------END CERTIFICATE-----'],
    ['a PEM of invalid base64', '-----BEGIN CERTIFICATE-----\n%%%%\n-----END CERTIFICATE-----'],
    ['a PEM of something else', '-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----'],
    ['a PEM without an end', '-----BEGIN CERTIFICATE-----\nMAMCAQE='],
    ['a public key', '-----BEGIN PUBLIC KEY-----\nMAMCAQE=\n-----END PUBLIC KEY-----'],
  ])('that is %s makes the X.509 fields null with an error, and no other field', async (_, pem) => {
    held('Service mesh').pem = pem
    const { nodes, errors } = await list(`pem ${x509Fields}`)
    const node = findOnly(nodes, ({ name }) => name === 'Service mesh')
    expect(node).toMatchObject({ pem, subject: null, subjectAltNames: null, sha256Fingerprint: null })
    expect(nodes.filter(({ subject }) => subject !== null)).toHaveLength(13)
    expect(errors).toHaveLength(7)
    const path = ['openAIOrganization', 'certificates', 'nodes', nodes.indexOf(node)]
    expect(errors?.map((error) => error.path)).toEqual(x509Fields.split(' ').map((field) => [...path, field]))
    for (const { extensions } of errors ?? []) {
      expect(extensions).toMatchObject({ code: 'UPSTREAM_MALFORMED_RESPONSE', provider: 'OPENAI' })
      expect(extensions).toHaveProperty('place')
    }
  })

  it('with malformed parts costs these parts alone, which x509Issues names', async () => {
    const names = altNames(ascii(0x82, 'a.example'), der(0x87, '0102030405'))
    replaceContent(
      held('Service mesh'),
      toPem(buildCertificate({ notAfter: utcTime('300230000000Z'), extensions: [names] })),
    )
    for (const _each of [1, 2]) {
      const { nodes, errors } = await list(`${x509Fields} x509Issues`)
      expect(errors).toBeUndefined()
      expect(findOnly(nodes, ({ name }) => name === 'Service mesh')).toMatchObject({
        subject: 'CN=a',
        issuer: 'CN=b',
        serialNumber: '01',
        subjectAltNames: ['a.example'],
        x509Issues: [
          'notAfter: not a real day and time',
          'subjectAltName[1]: an IP address of 5 bytes; expected 4 or 16',
        ],
      })
      expect(nodes.filter(({ x509Issues }) => x509Issues?.length === 0)).toHaveLength(13)
    }
    expect(contentCalls()).toHaveLength(14)
  })

  it('that is not a certificate is read once, as others are', async () => {
    held('Service mesh').pem = 'not a certificate'
    for (const _each of [1, 2]) {
      const { errors } = await list('subject')
      expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_MALFORMED_RESPONSE', provider: 'OPENAI' } }])
    }
    expect(contentCalls()).toHaveLength(14)
  })

  it.each([
    ['is not found', { status: 404 }, 'UPSTREAM_NOT_FOUND'],
    [
      'is not in the response',
      { status: 200, body: { id: 'cert_1', certificate_details: {} } },
      'UPSTREAM_MALFORMED_RESPONSE',
    ],
  ])('that %s makes the X.509 fields null with one error, and is read again', async (_, effect, code) => {
    const row = held('Service mesh')
    stack.openai.emulator.fault({ match: ({ path }) => path.endsWith(row.id), times: 1, effect })
    const { nodes, errors } = await list('pem')
    expect(findOnly(nodes, ({ name }) => name === row.name).pem).toBeNull()
    expect(nodes.filter(({ pem }) => pem !== null)).toHaveLength(13)
    expect(errors).toHaveLength(1)
    expect(errors?.[0]?.extensions).toMatchObject({ code, provider: 'OPENAI', place: expect.any(String) })
    const again = await list('pem subject')
    expect(again.errors).toBeUndefined()
  })
})

it('the X.509 fields that Akamai lists, and those of LivePerson, cost no call', async () => {
  const { data, errors } = await stack.ask<{ certificates: { nodes: (Certificate & { provider: string })[] } }>(
    `{ certificates(first: 100, filter: { providers: [AKAMAI, LIVEPERSON] }) { nodes { provider ${x509Fields.replace('subject ', '')} } } }`,
  )
  expect(errors).toBeUndefined()
  expect(stack.callsTo('active-certificates')).toHaveLength(2)
  expect(stack.callsTo('/mtls/')).toHaveLength(2)
  for (const { provider, ...fields } of data.certificates.nodes) {
    const told = provider === 'AKAMAI'
    expect([fields.issuer, fields.serialNumber, fields.sha256Fingerprint, fields.keyAlgorithm].map(Boolean)).toEqual(
      Array(4).fill(told),
    )
  }
})
