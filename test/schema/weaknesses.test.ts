import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { rareCertificates } from '../support/rare-certificates.ts'
import { rewrite, the } from '../support/rewriting.ts'
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
  the(
    stack.openai.state.organizations.flatMap(({ certificates }) => certificates),
    (row) => row.name === name,
  )
const named = (nodes: readonly Certificate[], name: string) => the(nodes, (node) => node.name === name)
const contentCalls = () => stack.callsTo('/organization/certificates/')

describe('the weaknesses of an OpenAI certificate', () => {
  it.each([
    ['SHA1', ['RSA_BELOW_2048', 'SHA1_SIGNATURE']],
    ['P224', ['EC_BELOW_256']],
    ['MD5', ['RSA_BELOW_2048']],
  ] as const)('are those of its PEM: %s', async (kind, weaknesses) => {
    uploaded('Batch workers').pem = rareCertificates[kind]
    const { nodes, errors } = await list('OPENAI')
    expect(errors).toBeUndefined()
    expect(named(nodes, 'Batch workers').weaknesses).toEqual(weaknesses)
    expect(nodes.filter((node) => node.weaknesses.length > 0)).toHaveLength(1)
  })

  it('are checked as far as the PEM tells: Ed25519 signs over no hash of its own, no lifetime is asked of an authority', async () => {
    const { nodes } = await list('OPENAI')
    const key = ['EC_BELOW_256', 'RSA_BELOW_2048']
    expect(named(nodes, 'Service mesh').weaknessesChecked).toEqual(key)
    const others = nodes.filter(({ name }) => name !== 'Service mesh')
    for (const node of others) expect(node.weaknessesChecked).toEqual([...key, 'SHA1_SIGNATURE'])
  })

  it('cost one call for each certificate, once for the life of the process', async () => {
    await list('OPENAI', 'subject ... on OpenAICertificate { keySize isCA }')
    expect(contentCalls()).toHaveLength(14)
    stack.clock.advance(86_400_000)
    await list('OPENAI')
    expect(contentCalls()).toHaveLength(14)
  })

  it.each([
    ['is no certificate', { status: 200, body: { certificate_details: { content: 'none' } } }],
    ['is refused', { status: 403 }],
  ])(
    'are none, and none is checked, where the PEM %s: without an error, and with the rest of the row',
    async (_, effect) => {
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
    },
  )
})

describe('the weaknesses of an Akamai certificate', () => {
  const deep = '... on AkamaiCertificate { pem trustChain keySize } subject validFrom'

  it('are those of its list, and cost no call', async () => {
    rewrite<object>(stack.akamai.emulator, '/active-certificates', (body) =>
      JSON.parse(JSON.stringify(body).replaceAll('"SHA-256"', '"SHA-1"')),
    )
    const { nodes, errors } = await list('AKAMAI', 'keyAlgorithm signatureAlgorithm')
    expect(errors).toBeUndefined()
    expect(new Set(nodes.map(({ keyAlgorithm }) => keyAlgorithm))).toEqual(new Set(['RSA', 'ECDSA']))
    for (const { keyAlgorithm, signatureAlgorithm, weaknesses, weaknessesChecked } of nodes) {
      const isHashTold = signatureAlgorithm !== null
      // The list tells the kind of a key and not its size, and when a certificate ends and not when it begins.
      expect(weaknessesChecked).toEqual([
        keyAlgorithm === 'RSA' ? 'EC_BELOW_256' : 'RSA_BELOW_2048',
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

  it('are the same when its PEM is asked for beside them', async () => {
    const alone = await list('AKAMAI')
    const { nodes, errors } = await list('AKAMAI', deep)
    expect(errors).toBeUndefined()
    expect(stack.callsTo('/deployments/').length).toBeGreaterThan(0)
    const verdicts = ({ name, weaknesses, weaknessesChecked }: Certificate) => ({ name, weaknesses, weaknessesChecked })
    expect(nodes.map(verdicts)).toEqual(alone.nodes.map(verdicts))
  })
})

it('nothing is known of the weaknesses of a LivePerson certificate', async () => {
  const { nodes, errors } = await list('LIVEPERSON')
  expect(errors).toBeUndefined()
  expect(nodes).toHaveLength(15)
  for (const node of nodes) expect(node).toMatchObject({ weaknesses: [], weaknessesChecked: [] })
})
