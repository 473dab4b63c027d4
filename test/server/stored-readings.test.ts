import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { startWriting, type Writing } from '../support/mutations.ts'
import type { Stack } from '../support/stack.ts'

/** An organization, its certificates, and whether they could be read. */
const query =
  '{ openAIOrganization(id: "org_bluequay") { certificates { nodes { name stale } } source { status asOf } } }'

let writing: Writing
let stack: Stack
beforeAll(async () => {
  writing = await startWriting({
    limits: false,
    configure: (file) => ({ ...file, writes: 'enabled', upstream: { ttl: '10s', staleWhileRevalidate: '0s' } }),
  })
  stack = writing.stack
})
beforeEach(() => writing.reset())
afterEach(() => stack.openai.emulator.reset())
afterAll(() => writing.close())

const isStored = () => stack.log.filter(({ msg }) => msg === 'operation').at(-1)?.['stored'] === true

async function ask(text = query) {
  const answer = await stack.ask<Record<string, object>>(text)
  return { answer, stored: isStored() }
}

/** Asks until the answer is a stored one. */
async function settle(text = query): Promise<void> {
  await ask(text)
  await ask(text)
  expect(await ask(text)).toMatchObject({ stored: true })
}

/** Asks now, in another way. */
const otherwise = '{ openAIOrganization(id: "org_bluequay") { certificates(maxStaleness: "PT0S") { totalCount } } }'

describe('a stored answer is dropped', () => {
  it('when a reading that it was made from is made again', async () => {
    stack.clock.advance(9_200)
    await settle()
    stack.clock.advance(20_000)
    await settle()
    // Between a reading and the next one that is forced there are ten seconds.
    stack.clock.advance(9_999)
    const { answer } = await ask()
    stack.clock.advance(700)
    await ask(otherwise)
    expect(await ask()).not.toMatchObject({ answer })
  })

  it('when the time to live of a reading ends', async () => {
    await settle()
    stack.clock.advance(9_600)
    await settle()
    stack.clock.advance(399)
    expect(await ask()).toMatchObject({ stored: true })
    stack.clock.advance(1)
    expect(await ask()).toMatchObject({ stored: false })
  })

  it('when a reading fails, and when it recovers', async () => {
    await settle()
    stack.openai.emulator.fault({ effect: { status: 404 } })
    stack.clock.advance(10_000)
    const stale = { data: { openAIOrganization: { source: { status: 'STALE' } } } }
    expect(await ask()).toMatchObject({ stored: false, answer: stale })
    expect(await ask()).toMatchObject({ stored: true, answer: stale })
    stack.clock.advance(4_800)
    await settle()
    stack.openai.emulator.reset()
    // The pause after the failure ends 5 s after it.
    stack.clock.advance(200)
    expect(await ask()).toMatchObject({
      stored: false,
      answer: { data: { openAIOrganization: { source: { status: 'OK' } } } },
    })
  })

  it('when a mutation changes what it was made from', async () => {
    await settle()
    const certificateId = writing.idOf('Label printers')
    await writing.mutate('rename', { certificateId, name: 'Renamed' })
    const { answer, stored } = await ask()
    expect(stored).toBe(false)
    expect(JSON.stringify(answer)).toContain('"Renamed"')
  })

  it('when its cost changes with a reading of another place', async () => {
    const list = '{ certificates(first: 1, filter: { placeIds: ["org_bluequay"] }) { nodes { name } } }'
    await settle(list)
    await ask('{ livePersonAccount(id: "52710934") { certificates { totalCount } } }')
    expect(await ask(list)).toMatchObject({ stored: false })
  })
})

describe('no answer is stored with', () => {
  it.each([
    ['PEM', '{ openAIOrganization(id: "org_bluequay") { certificates(first: 2) { nodes { pem } } } }'],
    [
      'X.509 fields whose PEM was read for it',
      '{ certificates(first: 2, filter: { providers: [OPENAI] }) { nodes { keySize } } }',
    ],
    ['the state of a rate limit', '{ openAIOrganization(id: "org_bluequay") { rateLimit { remaining } } }'],
    ['the state of a circuit', '{ openAIOrganization(id: "org_bluequay") { circuitOpen } }'],
    [
      'a bound on the age of readings',
      '{ openAIOrganization(id: "org_bluequay") { certificates(maxStaleness: "PT1H") { totalCount } } }',
    ],
    ['errors', '{ openAIOrganization(id: "org_unknown") { id } }'],
  ])('%s', async (_what, text) => {
    await ask(text)
    expect(await ask(text)).toMatchObject({ stored: false })
  })

  it('the time until another attempt makes sense', async () => {
    stack.openai.emulator.fault({ effect: { status: 429, headers: { 'retry-after': '60' } } })
    const text = '{ openAIOrganization(id: "org_bluequay") { source { error { code retryAfterSeconds } } } }'
    const first = await ask(text)
    expect(JSON.stringify(first.answer)).toMatch(/"retryAfterSeconds":\d+/)
    expect(await ask(text)).toMatchObject({ stored: false })
    const without = text.replace(' retryAfterSeconds', '')
    await ask(without)
    expect(await ask(without)).toMatchObject({ stored: true })
  })
})
