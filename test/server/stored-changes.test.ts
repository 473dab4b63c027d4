import { afterEach, describe, expect, it } from '@jest/globals'
import { accessForTwoKeys, askAs, twoKeys as callers } from '../support/callers.ts'
import { addCertificate } from '../support/changing-places.ts'
import { whileTimePasses } from '../support/passing-time.ts'
import { createRandom } from '../support/random.ts'
import { type Stack, startStack } from '../support/stack.ts'

const access = accessForTwoKeys(['certificates:read'])

const sources = 'complete fresh incompleteReasons sources { id status asOf certificateCount error { code message } }'
const queries = [
  `{ certificates(first: 100) { nodes { id name stale asOf } totalCount ${sources} } }`,
  `{ certificates(first: 5, filter: { providers: [AKAMAI] }) { nodes { id name stale asOf } ${sources} } }`,
  '{ certificates(first: 5, filter: { nameContains: "a", expiresWithin: "P400D" }) { nodes { name stale } totalCount complete } }',
  `{ certificates(first: 5, filter: { placeIds: ["52710934"] }) { nodes { id name stale } ${sources} } }`,
  `{ certificateStatistics { total byPlace { key { id } count } byExpiryStatus { key count } byOwner { count } ${sources} } }`,
  '{ certificateStatistics(filter: { search: "a" }) { total complete fresh byPlace { key { id } count } } }',
  '{ akamaiContract(id: "K-2CB4PY1") { enrollments(first: 3) { nodes { id pendingChanges { changeType } deployedCertificates { id stale } } totalCount } } }',
  '{ certificates(first: 20, filter: { providers: [AKAMAI] }) { nodes { id stale ... on AkamaiCertificate { deployments { network } } } complete } }',
  '{ openAIOrganization(id: "org_bluequay") { certificates { nodes { name stale } } projects { nodes { id name } } source { status asOf } } }',
  '{ certificatePlaces(first: 100) { nodes { id name source { status asOf error { code } } } totalCount } }',
]

const deadline = 5_000
const steps = 80
let stack: Stack
afterEach(() => stack.close())

/** The answer without what differs between two requests for the same. */
const withoutIds = (text: string) => text.replaceAll(/"(requestId|upstreamRequestId)":"[^"]*"/g, '')
const storedLines = () => stack.log.filter(({ stored }) => stored).length

/** Retries are made, and operations end at their deadlines. */
const ask = (key: string, query: string) => whileTimePasses(stack.clock, askAs(stack.url, key, query), deadline)

let asked = 0
/** Asks in a way that may be given a stored answer, and then in one that is computed now. Returns whether it was a stored one. */
async function compare(query: string, key: string): Promise<boolean> {
  const before = storedLines()
  const given = await ask(key, query)
  const isStored = storedLines() > before
  asked += 1
  const computed = await ask(key, `${query} # ${asked}`)
  if (isStored) expect([query, withoutIds(given.text)]).toEqual([query, withoutIds(computed.text)])
  return isStored
}

describe('a stored answer is that of an operation that begins now', () => {
  it.each([
    [1, true],
    [2, false],
    [3, true],
    [4, false],
  ])(
    'while vendors change, fail and recover (%i, limits: %s)',
    async (seed, limits) => {
      const upstream = {
        ttl: '20s',
        staleWhileRevalidate: '15s',
        staleIfError: '2m',
        minReadingAge: '0s',
        discoveryTtl: '30s',
        deadline: '5s',
      }
      stack = await startStack({ limits, configure: (file) => ({ ...file, access, upstream }) })
      const random = createRandom(seed)
      const pick = <Item>(items: readonly Item[]) => items[random(items.length)] as Item
      const emulators = stack.emulators
      let added = 0
      let stored = 0
      const actions: (() => unknown)[] = [
        () => stack.clock.advance(random(900)),
        () => stack.clock.advance(random(900)),
        () => stack.clock.advance(1_000 + random(5_000)),
        () => stack.clock.advance(10_000 + random(40_000)),
        () => pick(emulators).fault({ effect: { status: pick([401, 404, 500, 503]) } }),
        () => pick(emulators).fault({ effect: { status: 429, headers: { 'retry-after': String(1 + random(20)) } } }),
        () => pick(emulators).fault({ effect: pick(['hang', 'reset']) }),
        () => pick(emulators).reset(),
        () => pick(emulators).reset(),
        () => addCertificate(stack, `added ${added++}`, stack.clock.now() + random(1e10)),
        () => {
          const [organization] = stack.openai.state.organizations
          const [project] = organization?.projects ?? []
          if (project) project.name = `renamed ${added++}`
        },
        () => stack.openai.state.organizations[0]?.projects.splice(1 + random(2), random(2)),
        () => ask(callers[0], '{ certificates(first: 1, maxStaleness: "PT0S") { totalCount } }'),
        () =>
          ask(
            callers[1],
            '{ livePersonAccount(id: "52710934") { certificates(maxStaleness: "PT0S") { totalCount } } }',
          ),
      ]
      // Forced readings change what is kept most often.
      actions.push(...actions.slice(-2), ...actions.slice(-2))
      for (const query of queries) expect((await ask(callers[0], query)).text).not.toContain('"errors":')
      for (let step = 0; step < steps; step += 1) {
        const [query, key] = [pick(queries), pick(callers)]
        // The second one takes what the first one has read.
        await ask(key, `${query} #`)
        await ask(key, query)
        await pick(actions)()
        if (await compare(query, key)) stored += 1
      }
      expect(stored).toBeGreaterThan(10)
    },
    120_000,
  )
})
