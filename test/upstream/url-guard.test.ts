import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Stack } from '../support/stack.ts'
import { startStackWithSixPlaces, withoutCaching } from '../support/vendor-outage.ts'

let stack: Stack
beforeAll(async () => {
  stack = await startStackWithSixPlaces({ ...withoutCaching, discoveryTtl: '0s' })
})
afterEach(() => {
  for (const emulator of stack.emulators) emulator.reset()
})
afterAll(() => stack.close())

/** Texts that are not exactly one segment of a path. */
const notIds = [
  '',
  ' ',
  '.',
  '..',
  '../certificates',
  '..%2Fcertificates',
  '%2e%2e',
  '%2E%2E/%2E%2E',
  '/',
  'org_scaled0/',
  'org_scaled0/projects',
  '\\..\\',
  'org_scaled0?limit=1',
  'org_scaled0#',
  'org_scaled0;x',
  'org_scaled0\u0000',
  'org_scaled0\n',
  'org_scaled0\r\nx-evil: 1',
  ' org_scaled0',
  '\uff0e\uff0e',
  '\u202e..',
  'örg',
  'a'.repeat(129),
  'a'.repeat(10_000),
]

const named = notIds.map((id) => [JSON.stringify(id.length > 40 ? `${id.length} times ${id[0]}` : id), id] as const)

const encode = (...parts: readonly string[]) => Buffer.from(parts.join(':')).toString('base64')

async function errorOf(query: string, variables: object) {
  const { data, errors } = await stack.ask<Record<string, unknown>>(query, variables)
  expect(stack.callsTo('')).toEqual([])
  expect(errors).toHaveLength(1)
  expect(errors).toMatchObject([{ path: ['field'], extensions: { code: 'BAD_USER_INPUT' } }])
  expect(data).toEqual({ field: null })
}

describe.each([
  [
    'openAIOrganization(id:)',
    'query ($id: ID!) { field: openAIOrganization(id: $id) { id certificates { totalCount } } }',
  ],
  ['openAIProject(id:)', 'query ($id: ID!) { field: openAIProject(id: $id) { id certificates { totalCount } } }'],
  [
    'openAIProject(organizationId:)',
    'query ($id: ID!) { field: openAIProject(id: "proj_1", organizationId: $id) { id certificates { totalCount } } }',
  ],
  [
    'openAIProject(id:) within an organization',
    'query ($id: ID!) { field: openAIProject(id: $id, organizationId: "org_scaled0") { id certificates { totalCount } } }',
  ],
  ['akamaiContract(id:)', 'query ($id: ID!) { field: akamaiContract(id: $id) { id certificates { totalCount } } }'],
  [
    'livePersonAccount(id:)',
    'query ($id: ID!) { field: livePersonAccount(id: $id) { id certificates { totalCount } } }',
  ],
])('%s', (_, query) => {
  it.each(named)('rejects %s without a call', async (_, id) => {
    await errorOf(query, { id })
  })
})

describe('akamaiContract(accountSwitchKey:)', () => {
  const query =
    'query ($key: String!) { field: akamaiContract(id: "C-0S0", accountSwitchKey: $key) { certificates { totalCount } } }'

  it.each(named)('rejects %s without a call', async (_, key) => {
    await errorOf(query, { key })
  })

  it('rejects a key that is not configured without a call', async () => {
    const { data, errors } = await stack.ask(query, { key: '1-5C0YLB:1-8BYUX' })
    expect(data).toEqual({ field: null })
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
    expect(stack.callsTo('')).toEqual([])
  })
})

describe('a forged global id', () => {
  const fields = [
    'query ($id: ID!) { field: node(id: $id) { id } }',
    'query ($id: ID!) { field: certificates(filter: { placeIds: [$id] }) { totalCount } }',
  ]
  const prefixes = [['OpenAIOrganization'], ['OpenAIProject', 'org_scaled0'], ['AkamaiContract'], ['LivePersonAccount']]

  it.each(named)('with %s is rejected without a call', async (_, part) => {
    for (const query of fields) for (const prefix of prefixes) await errorOf(query, { id: encode(...prefix, part) })
    for (const prefix of [
      ['OpenAICertificate', 'org_scaled0'],
      ['LivePersonCertificate', 'le7000000'],
      ['AkamaiEnrollment', 'C-0S0'],
    ]) {
      await errorOf('query ($id: ID!) { field: node(id: $id) { id } }', { id: encode(...prefix, part) })
    }
  })

  it.each([
    ['no id at all', 'nonsense'],
    ['an empty text', ''],
    ['an unknown type', encode('Query', 'a')],
    ['a member of every JavaScript object', encode('constructor', 'a')],
    ['an id with a line break', `${encode('OpenAIOrganization', 'org_scaled0')}\n`],
    ['an id of three kilobytes', encode('OpenAIOrganization', 'a'.repeat(3_000))],
  ])('with %s is rejected without a call', async (_, id) => {
    for (const query of fields) await errorOf(query, { id })
  })

  it('is rejected before valid ids beside it cause a call', async () => {
    const ids = [encode('AkamaiContract', 'C-0S0'), encode('OpenAIProject', 'org_scaled0', '..')]
    await errorOf('query ($ids: [ID!]!) { field: certificates(filter: { placeIds: $ids }) { totalCount } }', { ids })
  })

  it('never enters a URL, even when it is encoded as this API does', async () => {
    for (const part of ['..', '../certificates', 'a?b', '%2e%2e']) {
      const spelled = `~${Buffer.from(part).toString('base64url')}`
      const ids = [
        encode('OpenAIProject', 'org_scaled0', spelled),
        encode('OpenAICertificate', 'org_scaled0', spelled),
        encode('AkamaiContract', spelled),
        encode('LivePersonAccount', spelled),
      ]
      const { data, errors } = await stack.ask<{ nodes: null[] }>('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
        ids,
      })
      expect(data.nodes).toEqual([null, null, null, null])
      expect(errors).toBeUndefined()
    }
    const targets = new Set(stack.callsTo('').map(({ target }) => target))
    expect([...targets].sort()).toEqual([
      '/contract-api/v1/contracts/identifiers?depth=ALL',
      '/v1/organization/certificates?limit=100',
      '/v1/organization/projects?limit=100',
    ])
  })
})
