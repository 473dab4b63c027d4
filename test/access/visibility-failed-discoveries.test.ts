import { afterEach, describe, expect, it } from '@jest/globals'
import { toGlobalId } from '../../src/providers/global-id.ts'
import type { Effect } from '../../src/sandbox/fault.ts'
import { whileTimePasses } from '../support/passing-time.ts'
import { firstOf } from '../support/rewriting.ts'
import { projectId, type SideBySide, sendsCredential, startSideBySide } from '../support/visibility.ts'

const scale = {
  openai: { organizations: 2, certificatesPerOrganization: 4, projectsPerOrganization: 2 },
  akamai: { accounts: 2, contractsPerAccount: 1, enrollmentsPerContract: 2 },
}
const source = 'kind status certificateCount unreadableRows asOf place { id name } error { code message }'
const report = `totalCount complete incompleteReasons sources { ${source} }`
/** Longer than the deadline of an operation. */
const longEnough = 30_000

let sides: SideBySide
afterEach(() => sides.close())

/** Starts with a key that lists these places. The calls with the credentials of the second accounts fail. */
async function start(places: readonly string[], hidden: Effect): Promise<void> {
  sides = await startSideBySide(
    {
      places,
      isSmallListed: true,
      small: ({ openai, akamai }) => ({
        openai: { organizations: [firstOf(openai.organizations)] },
        akamai: { accounts: [firstOf(akamai.accounts)] },
      }),
    },
    { scale, configure: ({ openai, akamai }) => ({ openai, akamai }) },
  )
  fail(hidden)
}

function fail(effect: Effect): void {
  const { openai, akamai } = sides.stack
  openai.emulator.fault({ match: sendsCredential(openai.state.organizations[1]?.adminKey ?? ''), effect })
  akamai.emulator.fault({ match: sendsCredential(akamai.state.accounts[1]?.clientToken ?? ''), effect })
}

/** Sends a query while time passes. The times of the readings are removed. */
const ask = async (side: 'limited' | 'small', query: string) =>
  (await whileTimePasses(sides.stack.clock, sides[side](query), longEnough)).replaceAll(/"asOf":"[^"]*"/g, '"asOf":"…"')

/** What names a hidden account. */
const hiddenNames = () => {
  const { openai, akamai } = sides.stack
  return [
    'scaled1',
    toGlobalId('OpenAIOrganization', 'org_scaled1'),
    toGlobalId('AkamaiAccount', 'scaled1'),
    openai.state.organizations[1]?.name ?? 'scaled1',
    akamai.state.accounts[1]?.name ?? 'scaled1',
  ]
}
function expectUnseen(answer: string): void {
  for (const name of hiddenNames()) expect(answer).not.toContain(name)
}

const failures: readonly (readonly [string, Effect])[] = [
  ['answers 403', { status: 403, body: { error: 'No.' } }],
  ['answers 429', { status: 429 }],
  ['answers 500', { status: 500 }],
  ['answers with something else', { status: 200, body: { fine: true } }],
  ['answers 206', { status: 206, body: { object: 'list', data: [], has_more: false } }],
  ['hangs', 'hang'],
]

const mine = ['org_scaled0', 'scaled0', projectId(0, 0), 'C-0S0']
const gone = ['proj_gone', 'C-GONE1']
const lists = [
  `certificates(first: 20) { nodes { id } ${report} }`,
  `certificates(first: 20, filter: { providers: [OPENAI] }) { ${report} }`,
  `certificates(filter: { active: true }) { ${report} }`,
  `certificates(filter: { expiringUncovered: "P90D" }) { ${report} }`,
  `certificateStatistics { ${report.replace('totalCount', 'total')} byPlace { key { id } count } }`,
  `certificatePlaces(first: 20) { nodes { id } ${report} }`,
]
/** Lookups of the places that exist nowhere, by every argument. */
const lookups = [
  'openAIProject(id: "proj_gone") { id }',
  'openAIProject(id: "proj_gone", organizationId: "org_scaled0") { id }',
  'akamaiContract(id: "C-GONE1") { id }',
  ...[
    toGlobalId('OpenAIProject', 'org_scaled0', 'proj_gone'),
    toGlobalId('OpenAIProject', 'org_elsewhere', 'proj_gone'),
    toGlobalId('OpenAICertificate', 'org_scaled0', 'cert_gone'),
    toGlobalId('AkamaiContract', 'C-GONE1'),
    toGlobalId('AkamaiEnrollment', 'C-GONE1', '1'),
    toGlobalId('AkamaiCertificate', 'C-GONE1', '1', 'PRODUCTION', 'PRIMARY'),
  ].flatMap((id) => [`node(id: "${id}") { id }`, `nodes(ids: ["${id}"]) { id }`]),
  `_entities(representations: [
    { __typename: "OpenAIProject", projectId: "proj_gone" }
    { __typename: "AkamaiContract", contractId: "C-GONE1" }
  ]) { __typename }`,
  ...['proj_gone', 'C-GONE1', toGlobalId('AkamaiContract', 'C-GONE1')].map(
    (id) => `certificates(filter: { placeIds: ["${id}"] }) { ${report} }`,
  ),
]
const mutations = ['proj_gone', projectId(0, 0)].map(
  (project) => `mutation { activateOpenAICertificates(input: {
    organizationId: "org_scaled0", projectId: "${project}", certificateIds: ["cert_x"], dryRun: true
  }) { __typename ... on CertificateMutationError { code message } } }`,
)

/** The answer with one sentence for a place that was not found, whether or not it may exist. */
const withoutCertainty = (answer: string) =>
  answer
    .replaceAll(/It is not known whether (\S+ in the list of this key) exists: not all [\w ]+/g, '$1 was not found')
    .replaceAll(/(\S+ in the list of this key) is neither configured nor discovered/g, '$1 was not found')

describe.each(failures)('the discovery of an account that the caller does not see, when the vendor %s', (_, effect) => {
  it('changes no byte of any list when all places of the key exist', async () => {
    await start(mine, effect)
    for (const list of lists) {
      const answer = await ask('limited', `{ ${list} }`)
      expect(answer).toBe(await ask('small', `{ ${list} }`))
      expect(answer).toContain('"complete":true')
    }
  })

  it('makes lists incomplete by the name of the missing place, and changes no other byte of them', async () => {
    await start([...mine, ...gone], effect)
    for (const list of lists) {
      const answer = await ask('limited', `{ ${list} }`)
      expect(withoutCertainty(answer)).toBe(withoutCertainty(await ask('small', `{ ${list} }`)))
      expect(answer).toContain('"complete":false')
      for (const place of gone) expect(answer).toContain(`${place} in the list of this key`)
      expectUnseen(answer)
    }
  })

  it('names the account in no lookup, mutation or error', async () => {
    await start([...mine, ...gone], effect)
    for (const query of [...lookups.map((lookup) => `{ ${lookup} }`), ...mutations])
      expectUnseen(await ask('limited', query))
  })
})

describe('a listed place that may be in an account that the caller does not see', () => {
  it('is null with the code of the failure and the name of the place when it is looked up', async () => {
    await start([...mine, ...gone], { status: 403, body: { error: 'No.' } })
    const { data, errors } = JSON.parse(await ask('limited', '{ openAIProject(id: "proj_gone") { id } }'))
    expect(data).toEqual({ openAIProject: null })
    expect(errors).toEqual([
      expect.objectContaining({
        message: 'It is not known whether proj_gone in the list of this key exists: not all places could be discovered',
        extensions: { code: 'UPSTREAM_FORBIDDEN', requestId: '…' },
      }),
    ])
  })

  it('makes a list that names it incomplete, and the other named places are read', async () => {
    await start([...mine, ...gone], { status: 500 })
    const { data, errors } = JSON.parse(
      await ask(
        'limited',
        '{ certificates(filter: { placeIds: ["org_scaled0", "proj_gone"] }) { totalCount complete incompleteReasons } }',
      ),
    )
    expect(errors).toBeUndefined()
    expect(data.certificates).toEqual({
      totalCount: 4,
      complete: false,
      incompleteReasons: [
        'It is not known whether proj_gone in the list of this key exists: not all places could be discovered',
      ],
    })
  })

  it('was found before, and makes lists incomplete when the discovery fails later', async () => {
    await start([projectId(1, 0)], { patch: (body) => body })
    expect(await ask('limited', '{ certificates { complete } }')).toBe('{"data":{"certificates":{"complete":true}}}')
    for (const effect of [{ status: 403 }, 'hang'] as const) {
      sides.stack.clock.advance(2 * 86_400_000)
      fail(effect)
      const answer = await ask('limited', `{ certificates { ${report} } certificatePlaces { ${report} } }`)
      const { data } = JSON.parse(answer)
      expect(data.certificates).toMatchObject({ totalCount: 0, complete: false, sources: [] })
      expect(data.certificatePlaces).toMatchObject({ totalCount: 0, complete: false, sources: [] })
      expect(answer).toContain(`${projectId(1, 0)} in the list of this key`)
      expectUnseen(answer)
    }
  })
})
