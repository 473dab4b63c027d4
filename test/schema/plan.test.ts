import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { CallPlanReport } from '../../src/call-plan.ts'
import { digestOf, somePlaces, twoKeys } from '../support/callers.ts'
import { passTime } from '../support/passing-time.ts'
import { queryCorpus } from '../support/query-corpus.ts'
import { type Stack, startStack } from '../support/stack.ts'

const [whole, limited] = twoKeys
/** The key of a caller who may see one place, and not its account. */
const below = `${limited}-below`
const configure = (file: object) => ({
  ...file,
  access: {
    apiKeys: [
      {
        name: 'whole',
        sha256: digestOf(whole),
        scopes: ['certificates:read', 'certificates:content', 'certificates:write'],
      },
      {
        name: 'limited',
        sha256: digestOf(limited),
        places: somePlaces,
        scopes: ['certificates:read', 'certificates:content'],
      },
      {
        name: 'below',
        sha256: digestOf(below),
        places: ['C-1BQ7FR8'],
        scopes: ['certificates:read', 'certificates:content'],
      },
    ],
  },
  limits: { cost: 1_000_000 },
})
let stack: Stack
beforeEach(async () => {
  stack = await startStack({ limits: false, configure })
})
afterEach(() => stack.close())

interface PlanAnswer {
  readonly data: unknown
  readonly errors?: readonly { readonly message: string }[]
  readonly extensions?: { readonly plan?: CallPlanReport; readonly cost?: number }
}

async function send(query: string, headers: Record<string, string>, key: string = whole): Promise<PlanAnswer> {
  const response = await fetch(stack.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, ...headers },
    body: JSON.stringify({ query }),
  })
  return (await response.json()) as PlanAnswer
}
const only = { 'x-certgraph-plan': 'only' }
const planOf = async (query: string, key?: string) => (await send(query, only, key)).extensions?.plan
const callsMade = () => stack.emulators.flatMap(({ calls }) => calls)
const reset = () => {
  for (const emulator of stack.emulators) emulator.reset()
}
/** Reads every list and discovery. */
const readAll = `{
  certificates(first: 1) { totalCount }
  uncovered: certificates(first: 1, filter: { expiringUncovered: "P3650D" }) { totalCount }
  certificatePlaces(first: 100) { nodes { source { status } } }
}`

/** Queries with calls for single certificates, in orders that share them. */
const perCertificate = [
  '{ certificates(first: 50) { nodes { pem } } }',
  '{ certificates(first: 50) { nodes { subject keySize pem } } again: certificates(first: 9) { nodes { pem issuer } } }',
  '{ certificates(first: 7, filter: { providers: [AKAMAI] }) { nodes { pem } } }',
  '{ certificates(first: 5, filter: { issuerContains: "a" }) { totalCount nodes { name } } }',
  '{ certificateStatistics { byWeakness { count } } }',
  '{ certificateStatistics(filter: { weaknesses: [RSA_BELOW_2048] }) { total } }',
  '{ openAIOrganization(id: "org_bluequay") { certificates(first: 30) { nodes { sha256Fingerprint } } } }',
  '{ livePersonCertificate(accountId: "le4830275", id: "2617340058") { id name } }',
]

describe('the plan of an operation', () => {
  it('equals the calls of the real run of every query, while discoveries and lists are kept', async () => {
    for (const query of queryCorpus) {
      await send(readAll, {})
      reset()
      const answer = await send(query, only)
      expect(callsMade()).toEqual([])
      const plan = answer.extensions?.plan
      if (!plan) {
        // It is invalid, and not executed.
        expect([query, answer.errors?.length]).toEqual([query, expect.any(Number)])
        continue
      }
      expect(answer.data).toBeNull()
      await send(query, {})
      expect([query, plan.calls]).toEqual([query, callsMade().length])
    }
  }, 120_000)

  it.each(perCertificate)('equals the calls for certificates that were not parsed yet: %s', async (query) => {
    await send(readAll, {})
    reset()
    const plan = await planOf(query)
    expect(callsMade()).toEqual([])
    const { errors } = await send(query, {})
    expect(errors).toBeUndefined()
    expect([plan?.calls, callsMade().length > 0]).toEqual([callsMade().length, true])
    expect(plan?.lines.reduce((sum, { calls = 0 }) => sum + calls, 0)).toBe(plan?.calls)
  })

  it('bounds the calls of the real run while nothing is kept', async () => {
    for (const query of [...queryCorpus, ...perCertificate]) {
      // Everything that was read is older than a day, and the details of certificates are kept.
      await passTime(stack, 3 * 86_400_000)
      reset()
      const plan = await planOf(query)
      expect(callsMade()).toEqual([])
      if (!plan) continue
      await send(query, {})
      const made = callsMade().length
      expect([query, made >= (plan.calls ?? plan.minimum ?? 0)]).toEqual([query, true])
      const maximum = plan.calls ?? plan.maximum ?? null
      expect([query, maximum === null || made <= maximum]).toEqual([query, true])
    }
  }, 120_000)

  it('has a line for each place and resource, with what is kept', async () => {
    const query = '{ certificates(first: 100, filter: { providers: [AKAMAI, LIVEPERSON] }) { nodes { pem } } }'
    const cold = await planOf(query)
    expect(cold?.lines).toContainEqual({
      provider: 'AKAMAI',
      account: 'bluequay',
      resource: 'contracts',
      place: 'bluequay',
      calls: 1,
      dependsOn: [],
      cached: false,
      rateLimitRemaining: null,
    })
    expect(cold?.lines).toContainEqual(
      expect.objectContaining({
        account: 'bluequay',
        place: null,
        minimum: 0,
        maximum: null,
        dependsOn: ['contracts of bluequay'],
      }),
    )
    expect(cold?.lines).toContainEqual(
      expect.objectContaining({ account: 'le4830275', resource: 'certificates', calls: 1, cached: false }),
    )
    const projects = await planOf('{ certificatePlaces(first: 1) { nodes { id } } }')
    expect(projects?.lines).toContainEqual(
      expect.objectContaining({ resource: 'projects', minimum: 1, maximum: 1000, dependsOn: ['the number of pages'] }),
    )
    await send(readAll, {})
    const warm = await planOf(query)
    expect(warm?.lines).toContainEqual(
      expect.objectContaining({
        resource: 'active certificates',
        place: 'K-2CB4PY1',
        calls: 0,
        cached: true,
        dependsOn: [],
      }),
    )
    expect(warm?.lines).toContainEqual(
      expect.objectContaining({
        resource: 'deployments',
        place: 'C-1BQ7FR8',
        calls: expect.any(Number),
        cached: false,
      }),
    )
  })

  it('counts the refresh of a reading that is served and due, and begins none', async () => {
    const query = '{ livePersonAccount(id: "le4830275") { certificates(first: 1) { totalCount } } }'
    await send(query, {})
    await passTime(stack, 6 * 60_000)
    reset()
    const line = { resource: 'certificates', place: 'le4830275', calls: 1, cached: true }
    expect((await planOf(query))?.lines).toContainEqual(expect.objectContaining(line))
    expect((await planOf(query))?.lines).toContainEqual(expect.objectContaining(line))
    expect(callsMade()).toEqual([])
  })

  it('names no place that the caller may not see', async () => {
    for (const warm of [false, true]) {
      if (warm) await send(readAll, {})
      for (const query of [...queryCorpus, ...perCertificate]) {
        const text = JSON.stringify((await planOf(query, limited)) ?? {})
        for (const hidden of ['C-1BQ7FR8', 'le4830275']) expect([query, text.includes(hidden)]).toEqual([query, false])
      }
    }
    const plan = await planOf('{ certificates(first: 1) { totalCount } }', limited)
    const named = new Set(plan?.lines.map(({ place }) => place))
    expect([...named].sort()).toEqual(['52710934', 'K-2CB4PY1', 'org_bluequay'])
  })

  it.each([
    '{ akamaiContract(id: "C-1BQ7FR8") { certificates(first: 3) { nodes { pem } } } }',
    '{ akamaiContract(id: "C-1BQ7FR8") { enrollments(first: 3) { nodes { enrollmentId } } } }',
    '{ certificates(first: 3) { totalCount } }',
    '{ certificates(first: 3, filter: { placeIds: ["C-1BQ7FR8"] }) { totalCount } }',
    '{ certificateStatistics(filter: { providers: [AKAMAI] }) { total } }',
  ])('bounds the calls for a place whose account is hidden and not read yet: %s', async (query) => {
    const { errors, extensions } = await send(query, only, below)
    expect([errors, callsMade()]).toEqual([undefined, []])
    const { lines, ...count } = extensions?.plan ?? {}
    expect(count).toEqual({ minimum: 0, maximum: null })
    expect(lines).toContainEqual({
      provider: 'AKAMAI',
      account: null,
      resource: null,
      place: 'C-1BQ7FR8',
      minimum: 0,
      maximum: null,
      dependsOn: ['the account that has C-1BQ7FR8'],
      cached: false,
      rateLimitRemaining: null,
    })
    expect(JSON.stringify(lines)).not.toMatch(/bluequay|K-2CB4PY1/)
    expect((await send(query, {}, below)).errors).toBeUndefined()
    expect(callsMade().length).toBeGreaterThan(0)
    // Now the account is known.
    const known = (await planOf(query, below))?.lines ?? []
    expect(known.map(({ account, place }) => [account, place])).toContainEqual(['bluequay', 'C-1BQ7FR8'])
    reset()
    const exact = await planOf(query, below)
    await send(query, {}, below)
    expect(exact?.calls).toBe(callsMade().length)
  })

  it('changes nothing for operations at the same time', async () => {
    const query = '{ certificates(first: 50) { nodes { subject } complete incompleteReasons } }'
    const [first, ...others] = await Promise.all([
      send(query, {}),
      ...Array.from({ length: 5 }, () => send(query, only)),
      send(query, {}),
      send(query, {}),
    ])
    expect(first).toMatchObject({ data: { certificates: { complete: true } } })
    for (const { data } of others.slice(5)) expect(data).toEqual(first?.data)
    for (const plan of others.slice(0, 5)) expect(plan).toMatchObject({ data: null, extensions: { plan: {} } })
    expect((await fetch(new URL('/health', stack.url))).status).toBe(200)
  })

  it('is not given in place of an answer, nor an answer in place of a plan', async () => {
    const query = '{ certificates(first: 1) { totalCount } }'
    const answer = await send(query, {})
    const plan = await send(query, only)
    expect([answer.data, answer.extensions?.plan]).toEqual([{ certificates: { totalCount: 51 } }, undefined])
    expect([plan.data, plan.extensions?.plan?.calls]).toEqual([null, 0])
    // What was planned before is called by now.
    await passTime(stack, 3 * 86_400_000)
    expect((await planOf(query))?.calls).not.toBe(0)
    expect(await send(query, {})).toEqual(answer)
  })

  it('has the errors of arguments, and none for a call that was not made', async () => {
    const wrong = await send('{ livePersonAccount(id: "nope") { id } certificates(first: 1) { totalCount } }', only)
    expect(wrong.errors?.map(({ message }) => message)).toEqual([expect.stringContaining('nope')])
    const cold = await send('{ openAIOrganization(id: "org_bluequay") { certificates { totalCount } } }', only)
    expect(cold.errors).toBeUndefined()
    expect(cold.extensions?.plan?.lines).toHaveLength(1)
  })

  it('costs what the operation costs, against the same limit', async () => {
    const query = '{ certificates(first: 1) { totalCount } }'
    const { extensions: planned } = await send(query, { ...only, 'x-certgraph-cost': '1' })
    const { extensions } = await send(query, { 'x-certgraph-cost': '1' })
    expect(planned?.cost).toBe(extensions?.cost)
    const costly = Array.from({ length: 20 }, (_, index) => `f${index}: certificates(first: 100) { nodes { pem } }`)
    const refused = await send(`{ ${[...costly, ...costly.map((each) => `x${each}`)].join(' ')} }`, only)
    expect([refused.errors?.length, refused.extensions?.plan]).toEqual([expect.any(Number), undefined])
  })

  it('executes neither a mutation, nor an operation with another value of the header', async () => {
    const mutation = `mutation { deleteOpenAICertificate(input: { organizationId: "org_bluequay", certificateId: "cert_x" }) { __typename } }`
    const planned = await send(mutation, only)
    expect(planned.errors).toMatchObject([{ message: expect.stringContaining('a mutation was not executed') }])
    for (const value of ['Only', 'yes', '']) {
      const { errors, data } = await send('{ certificates(first: 1) { totalCount } }', { 'x-certgraph-plan': value })
      expect([data ?? null, errors?.[0]?.message]).toEqual([
        null,
        'The header x-certgraph-plan is invalid; expected "only".',
      ])
    }
    expect(callsMade()).toEqual([])
  })
})

describe('the plan of an operation under rate limits', () => {
  const many = { akamai: { accounts: 1, contractsPerAccount: 2, enrollmentsPerContract: 15 } }
  const query = '{ certificates(first: 30, filter: { providers: [AKAMAI] }) { nodes { pem } } }'
  const deploymentsOf = (plan: CallPlanReport | undefined) =>
    (plan?.lines ?? []).filter(({ resource }) => resource === 'deployments')

  it.each<[string, object, number]>([
    ['of all callers', { access: 'public' }, 17],
    [
      'of a caller',
      {
        access: {
          apiKeys: [{ name: 'whole', sha256: digestOf(whole), scopes: ['certificates:read', 'certificates:content'] }],
        },
      },
      8,
    ],
  ])('has the calls that the share %s leaves', async (_, access, share) => {
    await stack.close()
    stack = await startStack({
      scale: many,
      configure: (file) => ({ ...file, limits: { cost: 1_000_000 }, ...access }),
    })
    await send('{ certificates(first: 1, filter: { providers: [AKAMAI] }) { totalCount } }', {})
    await passTime(stack, 70_000)
    reset()
    const plan = await planOf(query)
    expect(callsMade()).toEqual([])
    expect(deploymentsOf(plan).map(({ rateLimitRemaining }) => rateLimitRemaining)).toEqual([share, share])
    expect(deploymentsOf(plan).map(({ dependsOn }) => dependsOn)).toContainEqual([
      expect.stringMatching(/^the rate limit, which refuses \d+ more calls?$/),
    ])
    await send(query, {})
    expect([plan?.calls, callsMade().length]).toEqual([share, share])
    reset()
    const next = await planOf(query)
    await send(query, {})
    expect([next?.calls, callsMade()]).toEqual([0, []])
    expect(deploymentsOf(next).map(({ rateLimitRemaining }) => rateLimitRemaining)).toEqual([0, 0])
  })
})
