import { afterEach, describe, expect, it } from '@jest/globals'
import { toGlobalId } from '../../src/providers/global-id.ts'
import type { Effect } from '../../src/sandbox/fault.ts'
import { passTime, whileTimePasses } from '../support/passing-time.ts'
import { firstOf } from '../support/rewriting.ts'
import { projectId, type SideBySide, sendsCredential, startSideBySide } from '../support/visibility.ts'

const scale = {
  openai: { organizations: 3, certificatesPerOrganization: 4, projectsPerOrganization: 2 },
  akamai: { accounts: 3, contractsPerAccount: 1, enrollmentsPerContract: 2 },
}
const source = 'kind status certificateCount unreadableRows asOf place { id name } error { code message }'
const report = `totalCount complete sources { ${source} }`
/** Longer than the deadline of an operation. */
const longEnough = 30_000

let sides: SideBySide
afterEach(() => sides.close())

interface Start {
  readonly places: readonly string[]
  /** Matches the calls with other credentials than those of the first organization and account. */
  readonly hidden: Effect
  readonly upstream?: object
}

async function start({ places, hidden, upstream = {} }: Start): Promise<void> {
  sides = await startSideBySide(
    {
      places,
      small: ({ openai, akamai }) => ({
        openai: { organizations: [firstOf(openai.organizations)] },
        akamai: { accounts: [firstOf(akamai.accounts)] },
      }),
    },
    { scale, configure: ({ openai, akamai }) => ({ openai, akamai, upstream }) },
  )
  const { openai, akamai } = sides.stack
  for (const { adminKey } of openai.state.organizations.slice(1))
    openai.emulator.fault({ match: sendsCredential(adminKey), effect: hidden })
  for (const { clientToken } of akamai.state.accounts.slice(1))
    akamai.emulator.fault({ match: sendsCredential(clientToken), effect: hidden })
}

const failures: readonly (readonly [string, Effect])[] = [
  ['answers 500', { status: 500 }],
  ['answers 403', { status: 403, body: { error: 'No.' } }],
  ['hangs', 'hang'],
]
/** Makes the caller's project one of a hidden organization. */
const misplaced = toGlobalId('OpenAIProject', 'org_scaled1', projectId(0, 0))
const questions = [
  `certificates { totalCount complete nodes { id } sources { ${source} } }`,
  `certificates(filter: { providers: [OPENAI] }) { ${report} }`,
  `certificates(filter: { placeIds: ["${toGlobalId('AkamaiContract', 'C-0S0')}"] }) { complete sources { kind status place { id } } }`,
  `certificates(filter: { placeIds: ["${misplaced}"] }) { totalCount }`,
  `certificateStatistics { total complete sources { ${source} } }`,
  `certificatePlaces { totalCount complete nodes { id } sources { ${source} } }`,
  `node(id: "${misplaced}") { id }`,
  `node(id: "${toGlobalId('OpenAICertificate', 'org_scaled1', 'cert_x')}") { id }`,
]

const mine = ['org_scaled0', 'scaled0', projectId(0, 0), projectId(0, 1), 'C-0S0']

/** Expects the result that a stack without the hidden places returns, without a failure. */
async function expectSame(query: string): Promise<void> {
  const [limited, small] = await whileTimePasses(
    sides.stack.clock,
    Promise.all([sides.limited(query), sides.small(query)]),
    longEnough,
  )
  expect(limited).toBe(small)
  for (const told of ['UPSTREAM_', '"complete":false', '"FAILED"']) expect(limited).not.toContain(told)
}

describe.each(failures)(
  'in the first response after a start, a hidden place that %s is not reported',
  (_how, hidden) => {
    it.each(questions)('in { %s }', async (question) => {
      await start({ places: mine, hidden })
      await expectSame(`{ ${question} }`)
    })

    it('to a caller who sees one project and one contract', async () => {
      const told = [
        `certificates { ${report} }`,
        `certificatePlaces { ${report} }`,
        'certificateStatistics { complete }',
      ]
      await start({ places: [projectId(0, 0), 'C-0S0'], hidden })
      const answer = await whileTimePasses(sides.stack.clock, sides.limited(`{ ${told.join(' ')} }`), longEnough)
      expect(JSON.parse(answer).data).toMatchObject({
        certificates: { complete: true, totalCount: expect.any(Number) },
        certificatePlaces: { complete: true, totalCount: 2 },
        certificateStatistics: { complete: true },
      })
      for (const hiddenId of [1, 2].flatMap((index) => [
        toGlobalId('OpenAIOrganization', `org_scaled${index}`),
        toGlobalId('AkamaiAccount', `scaled${index}`),
      ]))
        expect(answer).not.toContain(hiddenId)
    })
  },
)

it('when it takes longer than the deadline', async () => {
  await start({ places: mine, hidden: 'hang', upstream: { timeout: '60s' } })
  await expectSame(`{ ${firstOf(questions)} }`)
})

describe('the prefetch', () => {
  it('locates the places of callers, who then do not wait for a hidden one that hangs', async () => {
    await start({ places: mine, hidden: 'hang', upstream: { prefetch: true } })
    await passTime(sides.stack, 1_000)
    const answer = await sides.limited(`{ ${firstOf(questions)} }`)
    expect(answer).toContain('"complete":true')
    expect(answer).not.toContain('"FAILED"')
  })
})
