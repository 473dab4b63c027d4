import { afterEach, describe, expect, it } from '@jest/globals'
import { ChangeIds } from '../../src/changes/change-id.ts'
import { accessForTwoKeys, askAs, twoKeys } from '../support/callers.ts'
import { listChanges, readAgain } from '../support/change-history.ts'
import { addCertificate, removeCertificate } from '../support/changing-places.ts'
import { type EventStream, openEventStream } from '../support/event-stream.ts'
import { passTime } from '../support/passing-time.ts'
import { firstOf } from '../support/rewriting.ts'
import { type Stack, type StackOptions, startStack } from '../support/stack.ts'
import { until } from '../support/until.ts'

interface Changed {
  readonly id: string
  readonly kind: string
  readonly name: string | null
  readonly [field: string]: unknown
}

const fields = 'id kind at place { vendorId } certificateId name expiresAt expiryStatus replacesId actor'

/** Fields whose values cost calls in a query. */
const costly = `
  subject issuer validFrom keySize lifetimeRemaining x509Issues weaknesses weaknessesChecked
  place {
    rateLimit { remaining } source { status }
    ... on OpenAIOrganization { certificates(first: 1, maxStaleness: "PT1S") { nodes { id } } projects(first: 1) { nodes { id } } }
    ... on AkamaiContract { certificates(first: 1) { nodes { id } } enrollments(first: 1) { nodes { id } } }
  }
  ... on OpenAICertificate {
    isCA activeProjectCount lastActiveIn { id } projects(first: 5) { edges { active } }
  }
  ... on AkamaiCertificate { enrollment { validationType networkConfiguration { sniOnly } } }
`

let stack: Stack
const streams: EventStream[] = []
afterEach(async () => {
  for (const { leave } of streams.splice(0)) leave()
  await stack.close()
})

async function start(options: StackOptions = {}): Promise<void> {
  stack = await startStack({ limits: false, ...options })
}

async function subscribe(variables: object = {}, selection = fields, key?: string): Promise<EventStream> {
  const query = `subscription Changed($kinds: [CertificateChangeKind!], $placeIds: [ID!], $after: String) {
    certificateChanged(kinds: $kinds, placeIds: $placeIds, after: $after) { ${selection} }
  }`
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
  const stream = await openEventStream(new URL(stack.url).origin, { query, variables }, headers)
  streams.push(stream)
  return stream
}

const changes = ({ results }: EventStream) => results.map(({ data }) => data?.['certificateChanged'] as Changed)
const inWords = (stream: EventStream) => changes(stream).map(({ kind, name }) => `${kind} ${name}`)
const errorOf = async (variables: object, key?: string) => {
  const stream = await subscribe(variables, 'id', key)
  await stream.untilClosed()
  return stream.results[0]?.errors?.[0]
}

/** Reads all places again, a while later, with a key. */
async function readAs(key: string): Promise<void> {
  stack.clock.advance(600_000)
  await askAs(stack.url, key, '{ certificates(first: 1, maxStaleness: "PT1S") { totalCount } }')
}

/** Has certificates with these names appear in the first account of LivePerson. */
async function add(...names: readonly string[]): Promise<void> {
  for (const name of names) addCertificate(stack, name, null)
  await readAgain(stack)
}

describe('a subscriber', () => {
  it('gets each change once, as the list of changes has it', async () => {
    await start()
    await readAgain(stack)
    await add('before')
    const stream = await subscribe()
    await add('one', 'two')
    removeCertificate(stack, 'one')
    await readAgain(stack)
    await stream.untilResults(3)
    const { nodes } = await listChanges(stack, 'first: 3')
    expect(changes(stream)).toEqual([...nodes].reverse())
    expect(inWords(stream)).toEqual(['APPEARED one', 'APPEARED two', 'VANISHED one'])
  })

  it('gets the certificate with the change, without a call', async () => {
    await start()
    await readAgain(stack)
    const stream = await subscribe({}, 'kind certificate { name place { label } owner { name } }')
    await add('new')
    const calls = stack.callsTo('').length
    await stream.untilResults(1)
    expect(changes(stream)).toMatchObject([{ kind: 'APPEARED', certificate: { name: 'new' } }])
    expect(stack.callsTo('').length).toBe(calls)
  })

  it('causes no call to a vendor, and neither do a hundred', async () => {
    await start({ configure: (file) => ({ ...file, limits: { streams: { perCaller: 100 } } }) })
    await readAgain(stack)
    const callsOf = async (run: () => Promise<void>) => {
      const before = stack.callsTo('').length
      await run()
      return stack.callsTo('').length - before
    }
    const without = await callsOf(() => add('alone'))
    const opening = await callsOf(async () => {
      await Promise.all(Array.from({ length: 100 }, () => subscribe({}, 'id kind name certificate { name }')))
    })
    const delivering = await callsOf(async () => {
      await add('shared')
      await Promise.all(streams.map(({ untilResults }) => untilResults(1)))
    })
    expect([opening, delivering]).toEqual([0, without])
    expect(new Set(streams.flatMap(inWords))).toEqual(new Set(['APPEARED shared']))
  })

  it('causes no call with fields that cost calls, and neither do a hundred', async () => {
    await start({ configure: (file) => ({ ...file, limits: { streams: { perCaller: 100 } } }) })
    await readAgain(stack)
    const { certificates } = firstOf(stack.openai.state.organizations)
    const { enrollments } = firstOf(firstOf(stack.akamai.state.accounts).contracts)
    const callsFor = async (number: number) => {
      const before = stack.callsTo('').length
      certificates.push({ ...firstOf(certificates), id: `cert_${number}` })
      enrollments.push({ ...firstOf(enrollments), id: number })
      await readAgain(stack)
      await Promise.all(streams.map(({ untilResults }) => untilResults(2 * (number - 1))))
      return stack.callsTo('').length - before
    }
    const without = await callsFor(1)
    await Promise.all(Array.from({ length: 100 }, () => subscribe({}, `id kind certificate { ${costly} }`)))
    expect([await callsFor(2), await callsFor(3)]).toEqual([without, without])
    const { errors = [] } = firstOf(firstOf(streams).results)
    expect(new Set(errors.map(({ extensions }) => extensions['code']))).toEqual(new Set(['UPSTREAM_UNAVAILABLE']))
  })

  it('gets what is known of a certificate, and an error in place of what a call would read', async () => {
    await start()
    await readAgain(stack)
    const { certificates } = firstOf(stack.openai.state.organizations)
    const known = firstOf(certificates)
    await stack.ask('{ certificates(first: 100) { nodes { subject } } }')
    const stream = await subscribe({}, 'kind certificate { name subject }')
    certificates.push({ ...known, id: 'cert_new', name: 'new' })
    certificates[0] = { ...known, active: !known.active }
    await readAgain(stack)
    await stream.untilResults(2)
    const { results } = stream
    const of = (name: string | null) => changes(stream).findIndex((each) => Object(each['certificate']).name === name)
    expect(changes(stream)[of(known.name)]).toMatchObject({ certificate: { subject: expect.stringContaining('CN=') } })
    expect(results[of(known.name)]?.errors).toBeUndefined()
    expect(changes(stream)[of('new')]).toMatchObject({ kind: 'APPEARED', certificate: { name: 'new', subject: null } })
    expect(results[of('new')]?.errors).toMatchObject([
      {
        message: 'not read: the events of a subscription cause no call to a vendor; select it in a query',
        path: ['certificateChanged', 'certificate', 'subject'],
        extensions: { code: 'UPSTREAM_UNAVAILABLE', provider: 'OPENAI' },
      },
    ])
  })

  it('gets an error in place of a certificate whose place would have to be read', async () => {
    await start()
    await readAgain(stack)
    await add('before')
    const [{ id } = { id: '' }] = (await listChanges(stack, 'first: 1')).nodes
    await add('new')
    // Longer than a reading is served.
    stack.clock.advance(30 * 3_600_000)
    const calls = stack.callsTo('').length
    const stream = await subscribe({ after: id, kinds: ['APPEARED'] }, 'name certificate { name }')
    await stream.untilResults(1)
    expect(stream.results).toMatchObject([
      {
        data: { certificateChanged: { name: 'new', certificate: null } },
        errors: [{ extensions: { code: 'UPSTREAM_UNAVAILABLE', provider: 'LIVEPERSON' } }],
      },
    ])
    expect(stack.callsTo('').length).toBe(calls)
  })

  it.each<[string, readonly string[]]>([
    ['true', ['APPEARED new']],
    ['false', []],
  ])('without a query and with prefetch: %s gets %j', async (prefetch, expected) => {
    await start({ configure: (file) => ({ ...file, upstream: { prefetch: prefetch === 'true' } }) })
    await passTime(stack, 60_000, 1_000)
    await readAgain(stack)
    const stream = await subscribe()
    addCertificate(stack, 'new', null)
    await passTime(stack, 600_000, 10_000)
    if (expected.length > 0) await stream.untilResults(1)
    expect(inWords(stream)).toEqual(expected)
  })

  it('gets the kinds and places that it names', async () => {
    await start()
    await readAgain(stack)
    const [first, second] = stack.liveperson.state.accounts
    const kinds = await subscribe({ kinds: ['VANISHED'] })
    const place = await subscribe({ placeIds: [first?.id] })
    const other = await subscribe({ placeIds: [second?.id] })
    await add('one')
    removeCertificate(stack, 'one')
    await readAgain(stack)
    await Promise.all([kinds.untilResults(1), place.untilResults(2)])
    expect([kinds, place, other].map(inWords)).toEqual([['VANISHED one'], ['APPEARED one', 'VANISHED one'], []])
  })

  it('gets the changes of the places below an account, also of one that is found later', async () => {
    await start()
    await readAgain(stack)
    const account = firstOf(stack.akamai.state.accounts)
    const stream = await subscribe({ placeIds: [account.id] }, 'kind place { vendorId }')
    const [contract] = account.contracts
    if (!contract) throw new Error('no contract')
    account.contracts.push({ ...contract, id: 'K-NEW1', enrollments: [...contract.enrollments] })
    await readAgain(stack)
    await readAgain(stack)
    account.contracts.at(-1)?.enrollments.splice(0)
    await readAgain(stack)
    await stream.untilResults(1)
    expect(
      new Set(changes(stream).map(({ kind, place }) => `${kind} ${Reflect.get(Object(place), 'vendorId')}`)),
    ).toEqual(new Set(['VANISHED K-NEW1']))
  })

  it('gets the changes of the places that it may see', async () => {
    await start({ configure: (file) => ({ ...file, access: accessForTwoKeys(['certificates:read']) }) })
    const [whole, some] = twoKeys
    const all = await subscribe({}, fields, whole)
    const limited = await subscribe({}, fields, some)
    await readAs(whole)
    addCertificate(stack, 'hidden', null)
    const organization = firstOf(stack.openai.state.organizations)
    organization.certificates.push({ ...firstOf(organization.certificates), id: 'cert_new', name: 'seen' })
    await readAs(whole)
    await Promise.all([all.untilResults(2), limited.untilResults(1)])
    expect(inWords(all).sort()).toEqual(['APPEARED hidden', 'APPEARED seen'])
    expect(inWords(limited)).toEqual(['APPEARED seen'])
    expect(limited.text).not.toContain('hidden')
  })

  it('gets the name of the caller who made a change, with the permission to write', async () => {
    const scopes = ['certificates:read', 'certificates:write']
    const [writer, reader] = accessForTwoKeys(scopes).apiKeys
    const apiKeys = [writer, { ...reader, scopes: ['certificates:read'], places: undefined }]
    await start({ configure: (file) => ({ ...file, writes: 'enabled', access: { apiKeys } }) })
    const [write, read] = twoKeys
    await readAs(write)
    const subscribers = [await subscribe({}, 'kind actor name', write), await subscribe({}, 'kind actor name', read)]
    const { id, certificates } = firstOf(stack.openai.state.organizations)
    const certificateId = certificates.find(({ active }) => active)?.id
    const mutation = `mutation {
      deactivateOpenAICertificates(input: {
        organizationId: "${id}", certificateIds: ["${certificateId}"], force: true
      }) { __typename }
    }`
    const { data } = await askAs(stack.url, write, mutation)
    expect(JSON.stringify(data)).toContain('Success')
    await readAs(write)
    await Promise.all(subscribers.map(({ untilResults }) => untilResults(1)))
    expect(subscribers.map((stream) => changes(stream).map(({ kind, actor }) => [kind, actor]))).toEqual([
      [['DEACTIVATED', write]],
      [['DEACTIVATED', null]],
    ])
  })
})

describe('a subscriber that comes back', () => {
  it('gets every change that it has missed, in order, and then the next ones', async () => {
    await start()
    await readAgain(stack)
    const before = await subscribe()
    await add('one')
    await before.untilResults(1)
    before.leave()
    await until(() => stack.log.some(({ msg }) => msg === 'subscription ended'))
    await add('two', 'three')
    await add('four')
    const after = changes(before)[0]?.id
    const again = await subscribe({ after })
    await again.untilResults(3)
    await add('five')
    await again.untilResults(4)
    expect(inWords(again)).toEqual(['two', 'three', 'four', 'five'].map((name) => `APPEARED ${name}`))
  })

  it('gets nothing twice when nothing has happened', async () => {
    await start()
    await readAgain(stack)
    await add('one')
    const [{ id } = { id: '' }] = (await listChanges(stack, 'first: 1')).nodes
    const stream = await subscribe({ after: id })
    await add('two')
    await stream.untilResults(1)
    expect(inWords(stream)).toEqual(['APPEARED two'])
  })

  it.each(['', 'x', new ChangeIds('another history').toId(1)])(
    'is refused with an id that is not of this history: "%s"',
    async (after) => {
      await start()
      await readAgain(stack)
      await add('one')
      expect(await errorOf({ after })).toMatchObject({
        message: expect.stringMatching(/^after: not the id of a change in this history/),
        extensions: { code: 'BAD_USER_INPUT' },
      })
    },
  )

  it('is refused when changes after its last one are not kept any more', async () => {
    await start()
    await readAgain(stack)
    await add('one')
    const [{ id } = { id: '' }] = (await listChanges(stack, 'first: 1')).nodes
    await add('two')
    stack.clock.advance(401 * 86_400_000)
    await readAgain(stack)
    await add('three')
    expect(await errorOf({ after: id })).toMatchObject({
      message: expect.stringMatching(/^after: the changes that followed this one are not kept any more/),
      extensions: { code: 'BAD_USER_INPUT' },
    })
  })
})

describe('a subscription to changes is refused', () => {
  it.each<[string, object, string]>([
    ['with an empty list of kinds', { kinds: [] }, 'kinds: an empty list matches nothing; leave it out for all'],
    ['with an empty list of places', { placeIds: [] }, 'placeIds: an empty list matches nothing; leave it out for all'],
    [
      'with a list that is too long',
      { placeIds: Array.from({ length: 101 }, (_, index) => `p${index}`) },
      'placeIds: 101 entries; expected at most 100',
    ],
  ])('%s', async (_, variables, message) => {
    await start()
    expect(await errorOf(variables)).toMatchObject({ message, extensions: { code: 'BAD_USER_INPUT' } })
  })

  it.each([
    ['pem', 'certificate { pem }'],
    ['pem', '...Change'],
    ['trustChain', 'certificate { enrollment: place { id } ... on AkamaiCertificate { chain: trustChain } }'],
    ['pem', 'place { ... on OpenAIProject { certificates(first: 1) { nodes { pem } } } }'],
  ])('with the field %s, in "%s"', async (field, selection) => {
    await start()
    const query = `subscription { certificateChanged { id ${selection} } }
      fragment Change on CertificateChange { certificate { pem } }`
    const used = selection.startsWith('...') ? query : (query.split('\n')[0] ?? '')
    const stream = await openEventStream(new URL(stack.url).origin, { query: used })
    streams.push(stream)
    await stream.untilClosed()
    expect(stream.results[0]?.errors?.[0]).toMatchObject({
      message: `${field}: costs a call to a vendor each time, and the events of a subscription cause none; select it in a query`,
      extensions: { code: 'BAD_USER_INPUT' },
    })
  })

  it('not with a field that is left out by a variable', async () => {
    await start()
    const query = `subscription Changes($pem: Boolean!) {
      certificateChanged { name certificate { pem @include(if: $pem) } }
    }
    query Other { certificates(first: 1) { nodes { pem } } }`
    const body = { query, operationName: 'Changes', variables: { pem: false } }
    const stream = await openEventStream(new URL(stack.url).origin, body)
    streams.push(stream)
    await readAgain(stack)
    await add('new')
    await stream.untilResults(1)
    expect(changes(stream)).toEqual([{ name: 'new', certificate: {} }])
  })

  it('with a place that is not configured', async () => {
    await start()
    expect((await errorOf({ placeIds: ['org_nowhere'] }))?.extensions['code']).toBe('NOT_CONFIGURED')
  })

  it('without the permission to read', async () => {
    await start({ configure: (file) => ({ ...file, access: accessForTwoKeys(['metrics:read']) }) })
    expect(await errorOf({}, twoKeys[0])).toMatchObject({
      message: 'certificateChanged: needs the scope certificates:read, which the caller does not have',
      extensions: { code: 'FORBIDDEN' },
    })
  })
})
