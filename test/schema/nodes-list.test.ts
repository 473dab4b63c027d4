import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { beyondEveryTtl } from '../support/changing-places.ts'
import { everyNode, madeUpId, oneOfEachType } from '../support/every-node.ts'
import { whileTimePasses } from '../support/passing-time.ts'
import { type Stack, startStack } from '../support/stack.ts'

interface Answer {
  readonly nodes: readonly ({ readonly id: string } | null)[]
}

describe('nodes', () => {
  let stack: Stack
  let all: readonly string[]
  let ids: ReadonlyMap<string, string>
  beforeAll(async () => {
    stack = await startStack({
      limits: false,
      // Without stale readings: certificates that cannot be read are errors.
      configure: (file) => ({ ...file, upstream: { staleIfError: '0s' } }),
    })
    all = (await everyNode(stack)).map(({ id }) => id)
    ids = await oneOfEachType(stack)
  })
  afterAll(() => stack.close())
  afterEach(() => {
    stack.clock.advance(beyondEveryTtl)
    for (const emulator of stack.emulators) emulator.reset()
  })

  const idOf = (typename: string) => ids.get(typename) ?? `no ${typename}`
  const ask = (list: readonly unknown[]) =>
    whileTimePasses(
      stack.clock,
      stack.ask<Answer | null>('query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids: list }),
    )

  it('returns each node at the index of its id, also if an id occurs twice', async () => {
    const wanted = [...all].reverse().slice(0, 99)
    const twice = [...wanted, wanted[0] ?? '']
    expect(await ask(twice)).toEqual({ data: { nodes: twice.map((id) => ({ id })) } })
  })

  it('returns an empty list for an empty list', async () => {
    expect(await ask([])).toEqual({ data: { nodes: [] } })
  })

  it('accepts 100 ids, and rejects 101 without a call', async () => {
    const hundred = Array.from({ length: 100 }, (_, index) => all[index % all.length])
    expect((await ask(hundred)).errors).toBeUndefined()
    stack.clock.advance(beyondEveryTtl)
    const calls = stack.callsTo('/').length
    const { data, errors } = await ask([...hundred, all[0]])
    expect({ data, errors: errors?.map(({ path, extensions }) => ({ path, code: extensions['code'] })) }).toEqual({
      data: null,
      errors: [{ path: ['nodes'], code: 'BAD_USER_INPUT' }],
    })
    expect(stack.callsTo('/')).toHaveLength(calls)
  })

  it('returns an error for an invalid id and null for an unknown one, each at its index, and the other nodes', async () => {
    const [openai, akamai] = [idOf('OpenAICertificate'), idOf('AkamaiContract')]
    const { data, errors = [] } = await ask([openai, 'nonsense', madeUpId('AkamaiContract', 'C-OTHER'), akamai, ''])
    expect(data?.nodes).toEqual([{ id: openai }, null, null, { id: akamai }, null])
    expect(errors.map(({ path, extensions }) => ({ path, code: extensions['code'] }))).toEqual(
      [1, 4].map((index) => ({ path: ['nodes', index], code: 'BAD_USER_INPUT' })),
    )
  })

  it('returns an error at the index of a node that cannot be read, and the other nodes', async () => {
    stack.akamai.emulator.fault({
      match: ({ target }) => target.includes('active-certificates'),
      effect: { status: 503 },
    })
    const wanted = [
      'AkamaiCertificate',
      'OpenAICertificate',
      'AkamaiEnrollment',
      'LivePersonCertificate',
      'AkamaiContract',
    ]
    const { data, errors = [] } = await ask(wanted.map(idOf))
    expect(data?.nodes.map((node) => node !== null)).toEqual([false, true, false, true, true])
    expect(errors.map(({ path, extensions }) => ({ path, ...extensions }))).toEqual(
      [0, 2].map((index) =>
        expect.objectContaining({
          path: ['nodes', index],
          code: 'UPSTREAM_UNAVAILABLE',
          provider: 'AKAMAI',
          httpStatus: 503,
        }),
      ),
    )
  })

  it('returns an error, not null, for a place that a failed discovery may contain', async () => {
    stack.akamai.emulator.fault({ match: ({ path }) => path.endsWith('/identifiers'), effect: { status: 403 } })
    stack.openai.emulator.fault({ match: ({ path }) => path.endsWith('/projects'), effect: { status: 403 } })
    const wanted = [
      'AkamaiCertificate',
      'AkamaiContract',
      'AkamaiEnrollment',
      'OpenAIProject',
      'AkamaiAccount',
      'OpenAICertificate',
    ]
    const { data, errors = [] } = await ask(wanted.map(idOf))
    expect(data?.nodes.map((node) => node !== null)).toEqual([false, false, false, false, true, true])
    expect(errors.map(({ extensions }) => extensions['code'])).toEqual(
      Array.from({ length: 4 }, () => 'UPSTREAM_FORBIDDEN'),
    )
  })

  it('reads each place once for all of its certificates', async () => {
    await ask(all.slice(0, 100))
    expect(stack.callsTo('/organization/certificates')).toHaveLength(1)
    expect(stack.callsTo('/active-certificates')).toHaveLength(2)
    expect(stack.callsTo('/mtls/')).toHaveLength(2)
  })

  it('makes no call for a configured place', async () => {
    const answer = await ask(['OpenAIOrganization', 'AkamaiAccount', 'LivePersonAccount'].map(idOf))
    expect(answer.errors).toBeUndefined()
    expect(stack.callsTo('/')).toEqual([])
  })
})

describe('global ids', () => {
  it('are the same after a restart with other names, credentials and switch keys', async () => {
    const [first, second] = [
      await startStack(),
      await startStack({
        configure: (file) => ({
          ...file,
          openai: { organizations: file.openai.organizations.map((each) => ({ ...each, name: 'renamed' })) },
          akamai: { accounts: file.akamai.accounts.map((each) => ({ ...each, id: 'renamed', name: 'renamed' })) },
          liveperson: {
            ...file.liveperson,
            accounts: file.liveperson.accounts.map((each) => ({ ...each, name: 'renamed' })),
          },
        }),
      }),
    ]
    const idsOf = async (stack: Stack) =>
      (await everyNode(stack)).filter(({ __typename }) => __typename !== 'AkamaiAccount').map(({ id }) => id)
    expect(await idsOf(second)).toEqual(await idsOf(first))
    await Promise.all([first.close(), second.close()])
  })
})
