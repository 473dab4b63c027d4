import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { toPem } from '../../src/catalog/x509/pem.ts'
import { buildCertificate, der, extension, oid } from '../support/build-certificate.ts'
import { rareCertificates } from '../support/rare-certificates.ts'
import { replaceContent } from '../support/replace-content.ts'
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
    ['SHA1', ['LIFETIME_OVER_BASELINE', 'RSA_BELOW_2048', 'SHA1_SIGNATURE']],
    ['P224', ['EC_BELOW_256', 'LIFETIME_OVER_BASELINE']],
    ['MD5', ['LIFETIME_OVER_BASELINE', 'MD5_SIGNATURE', 'RSA_BELOW_2048']],
  ] as const)('are those of its PEM: %s', async (kind, weaknesses) => {
    replaceContent(uploaded('Batch workers'), rareCertificates[kind])
    const { nodes, errors } = await list('OPENAI')
    expect(errors).toBeUndefined()
    expect(named(nodes, 'Batch workers').weaknesses).toEqual(weaknesses)
    // The trust anchors have no extended key usage and long lifetimes.
    const others = nodes.filter((node) => node.name !== 'Batch workers').flatMap((node) => node.weaknesses)
    expect(new Set(others)).toEqual(new Set(['LIFETIME_OVER_BASELINE']))
  })

  it('are checked as far as possible: no hash for Ed25519', async () => {
    const { nodes } = await list('OPENAI')
    const key = ['EC_BELOW_256', 'LIFETIME_OVER_BASELINE', 'RSA_BELOW_2048']
    expect(named(nodes, 'Service mesh').weaknessesChecked).toEqual(key)
    const others = nodes.filter(({ name }) => name !== 'Service mesh')
    const all = ['EC_BELOW_256', 'LIFETIME_OVER_BASELINE', 'MD5_SIGNATURE', 'RSA_BELOW_2048', 'SHA1_SIGNATURE']
    for (const node of others) expect(node.weaknessesChecked).toEqual(all)
  })

  it.each([
    ['serverAuth', '1.3.6.1.5.5.7.3.1', ['LIFETIME_OVER_BASELINE']],
    ['clientAuth', '1.3.6.1.5.5.7.3.2', []],
  ])('include a lifetime of ten years when the extended key usage is %s', async (_, usage, weaknesses) => {
    const extensions = [extension('2.5.29.37', der(0x30, oid(usage)))]
    replaceContent(uploaded('Batch workers'), toPem(buildCertificate({ extensions })))
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
  ])('are null with an error when the PEM %s', async (_, effect) => {
    const { id } = uploaded('Batch workers')
    stack.openai.emulator.fault({ match: ({ path }) => path.endsWith(id), effect })
    const { nodes, errors } = await list('OPENAI')
    expect(errors?.map(({ path }) => path?.at(-1))).toEqual(['weaknesses', 'weaknessesChecked'])
    expect(named(nodes, 'Batch workers')).toMatchObject({ weaknesses: null, weaknessesChecked: null })
    expect(contentCalls()).toHaveLength(14)
  })
})

describe('the weaknesses of an Akamai certificate', () => {
  it('are those of its list and its PEM, with one call per deployment', async () => {
    rewriteAnswers<object>(stack.akamai.emulator, '/active-certificates', (body) =>
      JSON.parse(JSON.stringify(body).replaceAll('"SHA-256"', '"SHA-1"')),
    )
    const { nodes, errors } = await list('AKAMAI', 'signatureAlgorithm')
    expect(errors).toBeUndefined()
    const all = ['EC_BELOW_256', 'LIFETIME_OVER_BASELINE', 'MD5_SIGNATURE', 'RSA_BELOW_2048', 'SHA1_SIGNATURE']
    for (const { signatureAlgorithm, weaknesses, weaknessesChecked } of nodes) {
      expect(weaknessesChecked).toEqual(
        signatureAlgorithm === null ? all.filter((each) => !each.endsWith('_SIGNATURE')) : all,
      )
      expect(weaknesses.includes('SHA1_SIGNATURE')).toBe(signatureAlgorithm === 'SHA-1')
    }
    const calls = stack.callsTo('/deployments/').length
    expect(calls).toBeGreaterThan(0)
    await list('AKAMAI')
    expect(stack.callsTo('/deployments/')).toHaveLength(calls)
  })

  it('are the same when its PEM is selected too', async () => {
    const alone = await list('AKAMAI')
    const { nodes, errors } = await list('AKAMAI', 'pem subject validFrom')
    expect(errors).toBeUndefined()
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

describe('a filter on weaknesses', () => {
  const names = async (weaknesses: readonly string[]) => {
    const { data, errors } = await stack.ask<{ certificates: { complete: boolean; nodes: Certificate[] } }>(
      `query ($weaknesses: [CertificateWeakness!]) {
        certificates(first: 100, filter: { weaknesses: $weaknesses }) { complete nodes { name parseIssues } }
      }`,
      { weaknesses },
    )
    expect(errors).toBeUndefined()
    return data.certificates
  }

  it('returns the certificates with at least one of them', async () => {
    replaceContent(uploaded('Batch workers'), rareCertificates.MD5)
    replaceContent(uploaded('Load tests'), rareCertificates.P224)
    const { complete, nodes } = await names(['MD5_SIGNATURE', 'EC_BELOW_256'])
    expect(complete).toBe(true)
    expect(nodes.map(({ name }) => name).toSorted()).toEqual(['Batch workers', 'Load tests'])
  })

  it('keeps a certificate that cannot be read, with a parse issue, and the answer is incomplete', async () => {
    const { id } = uploaded('Batch workers')
    stack.openai.emulator.fault({ match: ({ path }) => path.endsWith(id), effect: { status: 403 } })
    expect(await names(['MD5_SIGNATURE'])).toEqual({
      complete: false,
      nodes: [{ name: 'Batch workers', parseIssues: [expect.stringContaining('could not be applied')] }],
    })
  })
})

describe('a certificate with a part that cannot be read', () => {
  const names = extension('2.5.29.17', Buffer.from('3005', 'hex'))
  const usage = extension('2.5.29.37', der(0x30, '0102'))
  const ask = async (filter: object) => {
    const { data, errors } = await stack.ask<{ certificates: { complete: boolean; nodes: Certificate[] } }>(
      `query ($filter: CertificateFilter) { certificates(first: 100, filter: $filter) { complete nodes { name } } }`,
      { filter: { ...filter, providers: ['OPENAI'] } },
    )
    expect(errors).toBeUndefined()
    return { ...data.certificates, nodes: data.certificates.nodes.map(({ name }) => name) }
  }

  it.each([
    [names, { subjectAltName: 'a.example' }],
    [usage, { weaknesses: ['MD5_SIGNATURE', 'LIFETIME_OVER_BASELINE'], nameContains: 'Batch' }],
  ])('is returned by a filter on that part, and the answer is incomplete: %#', async (part, filter) => {
    replaceContent(uploaded('Batch workers'), toPem(buildCertificate({ extensions: [part] })))
    expect(await ask(filter)).toEqual({ complete: false, nodes: ['Batch workers'] })
  })

  it('is tested by filters on other parts', async () => {
    replaceContent(uploaded('Batch workers'), toPem(buildCertificate({ extensions: [names, usage] })))
    expect(await ask({ issuerContains: 'no such issuer' })).toEqual({ complete: true, nodes: [] })
    expect(await ask({ weaknesses: ['MD5_SIGNATURE'] })).toEqual({ complete: true, nodes: [] })
  })
})

describe('the statistics by weakness', () => {
  const query = '{ certificateStatistics { total byWeakness { key count } } }'

  it('count each weakness, and the certificates without a verdict', async () => {
    replaceContent(uploaded('Batch workers'), rareCertificates.MD5)
    const { id } = uploaded('Load tests')
    stack.openai.emulator.fault({ match: ({ path }) => path.endsWith(id), effect: { status: 403 } })
    const { data, errors } = await stack.ask<{
      certificateStatistics: { total: number; byWeakness: { key: string | null; count: number }[] }
    }>(query)
    expect(errors).toBeUndefined()
    const counts = Object.fromEntries(data.certificateStatistics.byWeakness.map(({ key, count }) => [key, count]))
    expect(data.certificateStatistics.byWeakness.at(-1)?.key).toBeNull()
    // LivePerson returns no certificate, and one of OpenAI's is rejected.
    expect(counts).toMatchObject({ MD5_SIGNATURE: 1, RSA_BELOW_2048: 1, null: 15 + 1 })
  })

  it('cost no call while they are not selected', async () => {
    await stack.ask('{ certificateStatistics { total byKeyAlgorithm { count } } }')
    expect([...contentCalls(), ...stack.callsTo('/deployments/')]).toEqual([])
  })
})
