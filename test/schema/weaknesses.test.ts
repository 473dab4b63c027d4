import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { toPem } from '../../src/catalog/x509/pem.ts'
import { buildCertificate, der, extension, oid } from '../support/build-certificate.ts'
import { rareCertificates } from '../support/rare-certificates.ts'
import { findOnly, rewriteAnswers } from '../support/rewriting.ts'
import { type Stack, startStack } from '../support/stack.ts'

interface Certificate {
  name: string | null
  provider: string
  keyAlgorithm: string | null
  signatureAlgorithm: string | null
  weaknesses: string[]
  weaknessesChecked: string[]
}

const fields = 'name provider weaknesses weaknessesChecked'

let stack: Stack
beforeEach(async () => {
  stack = await startStack({ limits: false })
})
afterEach(() => stack.close())

async function list(provider: string, more = '') {
  const { data, errors } = await stack.ask<{ certificates: { nodes: Certificate[] } }>(
    `{ certificates(first: 100, filter: { providers: [${provider}] }) { nodes { ${fields} ${more} } } }`,
  )
  return { nodes: data.certificates.nodes, errors }
}

const uploaded = (name: string) =>
  findOnly(
    stack.openai.state.organizations.flatMap(({ certificates }) => certificates),
    (row) => row.name === name,
  )
const named = (nodes: readonly Certificate[], name: string) => findOnly(nodes, (node) => node.name === name)
const contentCalls = () => stack.callsTo('/organization/certificates/')

describe('the weaknesses of an OpenAI certificate', () => {
  it.each([
    ['SHA1', ['RSA_BELOW_2048', 'SHA1_SIGNATURE']],
    ['P224', ['EC_BELOW_256']],
    ['MD5', ['MD5_SIGNATURE', 'RSA_BELOW_2048']],
  ] as const)('are those of its PEM: %s', async (kind, weaknesses) => {
    uploaded('Batch workers').pem = rareCertificates[kind]
    const { nodes, errors } = await list('OPENAI')
    expect(errors).toBeUndefined()
    expect(named(nodes, 'Batch workers').weaknesses).toEqual(weaknesses)
    expect(nodes.filter((node) => node.weaknesses.length > 0)).toHaveLength(1)
  })

  it('are checked as far as possible: no hash for Ed25519, no lifetime for a CA certificate', async () => {
    const { nodes } = await list('OPENAI')
    const key = ['EC_BELOW_256', 'RSA_BELOW_2048']
    expect(named(nodes, 'Service mesh').weaknessesChecked).toEqual(key)
    const others = nodes.filter(({ name }) => name !== 'Service mesh')
    const all = ['EC_BELOW_256', 'MD5_SIGNATURE', 'RSA_BELOW_2048', 'SHA1_SIGNATURE']
    for (const node of others) expect(node.weaknessesChecked).toEqual(all)
  })

  it.each([
    ['serverAuth', '1.3.6.1.5.5.7.3.1', ['LIFETIME_OVER_BASELINE']],
    ['clientAuth', '1.3.6.1.5.5.7.3.2', []],
  ])('include a lifetime of ten years when the extended key usage is %s', async (_, usage, weaknesses) => {
    const extensions = [extension('2.5.29.37', der(0x30, oid(usage)))]
    uploaded('Batch workers').pem = toPem(buildCertificate({ extensions }))
    const { nodes, errors } = await list('OPENAI')
    expect(errors).toBeUndefined()
    expect(named(nodes, 'Batch workers')).toMatchObject({
      weaknesses,
      weaknessesChecked: expect.arrayContaining(['LIFETIME_OVER_BASELINE']),
    })
  })

  it('cost one call per certificate, once per process', async () => {
    await list('OPENAI', 'subject ... on OpenAICertificate { keySize isCA }')
    expect(contentCalls()).toHaveLength(14)
    stack.clock.advance(86_400_000)
    await list('OPENAI')
    expect(contentCalls()).toHaveLength(14)
  })

  it.each([
    ['is not a certificate', { status: 200, body: { certificate_details: { content: 'none' } } }],
    ['is rejected', { status: 403 }],
  ])('are empty and not checked, without an error, when the PEM %s', async (_, effect) => {
    const { id } = uploaded('Batch workers')
    stack.openai.emulator.fault({ match: ({ path }) => path.endsWith(id), effect })
    const { nodes, errors } = await list('OPENAI')
    expect(errors).toBeUndefined()
    expect(named(nodes, 'Batch workers')).toEqual({
      name: 'Batch workers',
      provider: 'OPENAI',
      weaknesses: [],
      weaknessesChecked: [],
    })
    expect(contentCalls()).toHaveLength(14)
  })
})

describe('the weaknesses of an Akamai certificate', () => {
  const deep = '... on AkamaiCertificate { pem trustChain keySize } subject validFrom'

  it('are checked by the list, without a call', async () => {
    rewriteAnswers<object>(stack.akamai.emulator, '/active-certificates', (body) =>
      JSON.parse(JSON.stringify(body).replaceAll('"SHA-256"', '"SHA-1"')),
    )
    const { nodes, errors } = await list('AKAMAI', 'keyAlgorithm signatureAlgorithm')
    expect(errors).toBeUndefined()
    expect(new Set(nodes.map(({ keyAlgorithm }) => keyAlgorithm))).toEqual(new Set(['RSA', 'ECDSA']))
    for (const { keyAlgorithm, signatureAlgorithm, weaknesses, weaknessesChecked } of nodes) {
      const isHashTold = signatureAlgorithm !== null
      // The list has the type of a key but not its size, and the end of the validity but not its start.
      expect(weaknessesChecked).toEqual([
        ...(keyAlgorithm === 'RSA' ? ['EC_BELOW_256'] : []),
        ...(isHashTold ? ['MD5_SIGNATURE'] : []),
        ...(keyAlgorithm === 'RSA' ? [] : ['RSA_BELOW_2048']),
        ...(isHashTold ? ['SHA1_SIGNATURE'] : []),
      ])
      expect(weaknesses).toEqual(isHashTold ? ['SHA1_SIGNATURE'] : [])
    }
    expect(new Set(nodes.map(({ signatureAlgorithm }) => signatureAlgorithm))).toEqual(new Set(['SHA-1', null]))
    expect(stack.akamai.emulator.calls.map(({ path }) => path)).toEqual([
      '/contract-api/v1/contracts/identifiers',
      ...Array(2).fill('/cps/v2/active-certificates'),
    ])
  })

  it('are the same when its PEM is selected too', async () => {
    const alone = await list('AKAMAI')
    const { nodes, errors } = await list('AKAMAI', deep)
    expect(errors).toBeUndefined()
    expect(stack.callsTo('/deployments/').length).toBeGreaterThan(0)
    const answers = ({ name, weaknesses, weaknessesChecked }: Certificate) => ({ name, weaknesses, weaknessesChecked })
    expect(nodes.map(answers)).toEqual(alone.nodes.map(answers))
  })
})

it('the weaknesses of a LivePerson certificate are not checked', async () => {
  const { nodes, errors } = await list('LIVEPERSON')
  expect(errors).toBeUndefined()
  expect(nodes).toHaveLength(15)
  for (const node of nodes) expect(node).toMatchObject({ weaknesses: [], weaknessesChecked: [] })
})
