import { afterEach, describe, expect, it } from '@jest/globals'
import { toGlobalId } from '../../src/providers/global-id.ts'
import type { Effect } from '../../src/sandbox/fault.ts'
import { askAs, digestOf } from '../support/callers.ts'
import { passTime, whileTimePasses } from '../support/passing-time.ts'
import { type SandboxFile, type Stack, startStack } from '../support/stack.ts'
import { type Issuer, startIssuer } from '../support/token-issuer.ts'
import { until } from '../support/until.ts'

const key = 'cg_alerts-0123456789'
/** A key for all places. */
const monitor = 'cg_monitor-0123456789'

let stack: Stack
let issuer: Issuer | undefined
afterEach(async () => {
  await stack.close()
  await issuer?.close()
  issuer = undefined
})

interface Report {
  readonly complete: boolean
  readonly incompleteReasons: readonly string[]
}

/** Starts a stack with a key for these places. Default: projects and contracts are discovered. */
async function start(places: readonly string[], change: (file: SandboxFile) => object = (file) => file): Promise<void> {
  stack = await startStack({
    limits: false,
    configure: (file) => ({
      ...change(file),
      access: {
        apiKeys: [
          { name: 'alerts', sha256: digestOf(key), places },
          { name: 'monitor', sha256: digestOf(monitor) },
        ],
      },
    }),
  })
}

const lists = ['certificates', 'certificateStatistics', 'certificatePlaces']

async function ask<Field extends string = never>(query: string, credential = key) {
  const { data } = await whileTimePasses(stack.clock, askAs(stack.url, credential, `{ ${query} }`))
  return data as Record<Field, Report & { readonly totalCount: number; readonly fresh: boolean }>
}

/** The reports of all lists, which must agree. */
async function reportOf(credential = key): Promise<Report> {
  const data = await ask<string>(lists.map((field) => `${field} { complete incompleteReasons }`).join(' '), credential)
  const { certificates, ...others } = data
  for (const field of lists.slice(1)) expect({ field, ...others[field] }).toEqual({ field, ...certificates })
  return certificates as Report
}

const fault = (path: string, effect: Effect) => {
  for (const { fault } of stack.emulators) fault({ match: ({ target }) => target.includes(path), effect })
}

const isMissing = (place: string, list = 'key') =>
  `${place} in the list of this ${list} is neither configured nor discovered`
const warnings = () => stack.log.filter(({ place }) => place !== undefined && !String(place).includes('='))
const health = async () =>
  (await fetch(stack.url.replace('/graphql', '/health'), { headers: { authorization: `Bearer ${monitor}` } })).text()

describe('a place in the list of a key that exists nowhere', () => {
  it('makes an empty answer incomplete, with its name as the reason', async () => {
    await start(['org_bluequai'])
    const { certificates } = await ask<'certificates'>('certificates { totalCount complete fresh incompleteReasons }')
    expect(certificates).toEqual({
      totalCount: 0,
      complete: false,
      fresh: true,
      incompleteReasons: [isMissing('org_bluequai')],
    })
  })

  it('makes every list incomplete, beside places that exist and for each vendor', async () => {
    await start(['org_bluequay', 'org_bluequai', 'K-2CB4PY1', 'le0'])
    expect(await reportOf()).toEqual({
      complete: false,
      incompleteReasons: [isMissing('org_bluequai'), isMissing('le0')],
    })
    const { certificates } = await ask<'certificates'>(
      'certificates(filter: { providers: [LIVEPERSON] }) { complete incompleteReasons }',
    )
    expect(certificates.incompleteReasons).toEqual([isMissing('org_bluequai'), isMissing('le0')])
  })

  it('does not matter to an answer about named places', async () => {
    await start(['org_bluequay', 'org_bluequai'])
    const id = toGlobalId('OpenAIOrganization', 'org_bluequay')
    const { certificates } = await ask<'certificates'>(
      `certificates(filter: { placeIds: ["${id}"] }) { complete incompleteReasons }`,
    )
    expect(certificates).toEqual({ complete: true, incompleteReasons: [] })
  })

  it('is named to the caller of a token as well', async () => {
    issuer = await startIssuer('https://id.example', () => stack.clock.now())
    const { config } = issuer
    stack = await startStack({ limits: false, configure: (file) => ({ ...file, access: { jwt: [config] } }) })
    expect(await reportOf(await issuer.sign({ places: ['org_bluequay', 'org_bluequai'] }))).toEqual({
      complete: false,
      incompleteReasons: [isMissing('org_bluequai', 'token')],
    })
    expect(await reportOf(await issuer.sign({ places: ['org_bluequay'] }))).toMatchObject({ complete: true })
    expect(await reportOf(await issuer.sign())).toMatchObject({ complete: true })
  })
})

describe('a place in the list of a key that is discovered', () => {
  it('leaves the answers complete, and other accounts are not called for it once it was found', async () => {
    await start(['bluequay', 'K-2CB4PY1'])
    expect(await reportOf()).toEqual({ complete: true, incompleteReasons: [] })
    stack.clock.advance(86_400_000)
    stack.openai.emulator.reset()
    fault('/organization/projects', 'hang')
    expect(await reportOf()).toEqual({ complete: true, incompleteReasons: [] })
    expect(stack.callsTo('/organization/projects')).toEqual([])
  })
})

describe('a place in the list of a key that may exist', () => {
  it('is named as the reason when the discovery of an account that the caller does not see failed', async () => {
    await start(['le4830275', 'proj_unknown'])
    fault('/organization/projects', { status: 403, body: { error: { message: 'No.' } } })
    const { incompleteReasons, complete } = await reportOf()
    expect({ complete, incompleteReasons }).toEqual({
      complete: false,
      incompleteReasons: [
        'It is not known whether proj_unknown in the list of this key exists: not all places could be discovered',
      ],
    })
  })

  it('has a reason of its own when the discovery that failed is not part of the answer', async () => {
    await start(['org_bluequay', 'proj_unknown'])
    fault('/organization/projects', { status: 403, body: { error: { message: 'No.' } } })
    const { certificates } = await ask<'certificates'>('certificates { complete incompleteReasons }')
    expect(certificates).toEqual({
      complete: false,
      incompleteReasons: [
        'It is not known whether proj_unknown in the list of this key exists: not all places could be discovered',
      ],
    })
  })

  it.each<[string, Effect]>([
    ['lost a row', { patch: (body) => ({ ...Object(body), data: [...Object(body).data, null] }) }],
    ['is stale', { status: 500 }],
  ])('is not said to exist nowhere when the discovery %s', async (_, effect) => {
    await start(['org_bluequay', 'proj_unknown'])
    if ('status' in Object(effect)) {
      expect((await reportOf()).incompleteReasons).toEqual([isMissing('proj_unknown')])
      stack.clock.advance(7_200_000)
    }
    fault('/organization/projects', effect)
    const { complete, incompleteReasons } = await reportOfPlaces()
    expect({ complete, said: incompleteReasons.join().includes('neither') }).toEqual({ complete: false, said: false })
  })

  const reportOfPlaces = async () =>
    (await ask<'certificatePlaces'>('certificatePlaces { complete incompleteReasons }')).certificatePlaces
})

it('a key whose places have no certificates gets an incomplete answer', async () => {
  await start(['bluequay'])
  const { certificates } = await ask<'certificates'>('certificates { totalCount complete incompleteReasons }')
  expect(certificates).toEqual({
    totalCount: 0,
    complete: false,
    incompleteReasons: [
      'No place in the list of this key has certificates: an account does not include the places below it',
    ],
  })
})

describe('the start', () => {
  const expected = [
    {
      level: 40,
      key: 'alerts',
      place: 'org_bluequai',
      msg: 'org_bluequai in the list of the key alerts is neither configured nor discovered',
    },
  ]

  it('warns at once of a place that exists nowhere when no vendor lists places, and /health counts it', async () => {
    await start(['org_bluequai', 'le4830275'], ({ liveperson }) => ({ liveperson }))
    expect(warnings()).toMatchObject(expected)
    expect(await health()).toContain('"unknownPlaces":1')
    expect(await health()).not.toContain('org_bluequai')
    expect(stack.callsTo('/')).toEqual([])
  })

  it('warns of a place in the list of a feed as well, and /health counts it', async () => {
    stack = await startStack({
      configure: ({ liveperson }) => ({
        liveperson,
        access: {
          apiKeys: [{ name: 'monitor', sha256: digestOf(monitor) }],
          feeds: [{ name: 'calendar', sha256: digestOf('cgf_calendar'), places: ['le0'] }],
        },
      }),
    })
    const msg = 'le0 in the list of the feed calendar is neither configured nor discovered'
    expect(warnings()).toMatchObject([{ feed: 'calendar', place: 'le0', msg }])
    expect(await health()).toContain('"unknownPlaces":1')
  })

  it('warns after discoveries that it makes when nothing else has made them', async () => {
    await start(['org_bluequai', 'K-2CB4PY1'])
    expect(warnings()).toEqual([])
    expect(await health()).toContain('"unknownPlaces":null')
    await until(() => stack.clock.pendingSleeps > 0)
    stack.clock.advance(5_000)
    await until(() => warnings().length > 0)
    expect(warnings()).toMatchObject(expected)
    expect(await health()).toContain('"unknownPlaces":1')
    expect(stack.callsTo('certificates')).toEqual([])
  })

  it('warns once, when an operation has made the discoveries before', async () => {
    await start(['org_bluequai'])
    await reportOf()
    expect(warnings()).toMatchObject(expected)
    const calls = stack.callsTo('/').length
    stack.clock.advance(5_000)
    await reportOf()
    expect(warnings()).toHaveLength(1)
    expect(stack.callsTo('/')).toHaveLength(calls)
  })

  it('warns again of a place that was there in the meantime, and counts a place once per key', async () => {
    await start(['C-1BQ7FR8', 'C-1BQ7FR8'])
    const hide = () =>
      stack.akamai.emulator.fault({
        match: ({ path }) => path.startsWith('/contract-api'),
        effect: { patch: (body) => (body as string[]).filter((id) => !id.includes('1BQ7FR8')) },
      })
    const before = await reportOf()
    expect(before.complete).toBe(true)
    for (const count of [1, 2]) {
      const recover = hide()
      await passTime(stack, 700_000, 10_000)
      expect(await reportOf()).toEqual({
        complete: false,
        incompleteReasons: ['C-1BQ7FR8 in the list of this key is neither configured nor discovered'],
      })
      expect(warnings()).toHaveLength(count)
      expect(await health()).toContain('"unknownPlaces":1')
      recover()
      await passTime(stack, 700_000, 10_000)
      expect(await reportOf()).toEqual(before)
    }
  })

  it('warns when a discovery that failed at first succeeds', async () => {
    await start(['org_bluequai'])
    fault('/organization/projects', { status: 403 })
    await reportOf()
    expect(warnings()).toEqual([])
    expect(await health()).toContain('"unknownPlaces":null')
    stack.openai.emulator.reset()
    stack.clock.advance(60_000)
    await reportOf()
    expect(warnings()).toMatchObject(expected)
  })

  it('makes no discovery when every listed place is configured, and /health counts none', async () => {
    await start(['org_bluequay', 'le4830275'])
    stack.clock.advance(60_000)
    expect(await health()).toContain('"unknownPlaces":0')
    expect(stack.callsTo('/')).toEqual([])
  })
})
