import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { RecordedChange } from '../../src/changes/change.ts'
import { passTime } from '../support/passing-time.ts'
import { createNotifyWorld, type NotifyWorld, startTestNotifier } from '../support/test-notifier.ts'
import { until } from '../support/until.ts'
import { findSchemaErrors } from '../support/webhook-schemas.ts'

let world: NotifyWorld
let notifier: ReturnType<typeof startTestNotifier>
beforeEach(async () => {
  world = await createNotifyWorld()
  notifier = startTestNotifier(world)
  await until(() => notifier.statuses().length === 1)
})
afterEach(async () => {
  await notifier.close()
  await world.close()
})

const changes = (count: number, more: Partial<RecordedChange> = {}) => Array.from({ length: count }, () => more)
const minutes = (count: number) => passTime(world, count * 60_000, 10_000)
const received = (count: number) => until(() => world.receiver.requests.length >= count)
const delivered = (count: number) => until(() => notifier.attempts.length >= count)
const summaries = () => world.receiver.messages.filter(({ type }) => type === 'changes.summary')

/** How many changes the messages tell of. */
const told = () =>
  world.receiver.messages.reduce(
    (sum, { type, data }) => sum + (type === 'changes.summary' ? Number(data['total']) : 1),
    0,
  )

describe('the limit of messages', () => {
  it('lets 30 messages pass in 10 minutes, the last of which is a summary of the rest', async () => {
    world.feed.record(...changes(70), ...changes(30, { kind: 'EXPIRED', expiryStatus: 'EXPIRED' }))
    await received(29)
    await minutes(9)
    expect(world.receiver.requests).toHaveLength(30)
    expect(summaries()).toEqual([
      {
        type: 'changes.summary',
        timestamp: expect.any(String),
        data: {
          total: 71,
          counts: { 'certificate.appeared': 41, 'certificate.expired': 30 },
          worstStatus: 'EXPIRED',
          since: '2030-01-01T00:00:00.000Z',
          until: '2030-01-01T00:00:00.000Z',
        },
      },
    ])
    expect(findSchemaErrors(summaries()[0] ?? { type: '' })).toBeNull()
  })

  it('loses nothing of what comes all the time, and never exceeds 30 messages in 10 minutes', async () => {
    const times: number[] = []
    world.receiver.answerWith(() => {
      times.push(world.clock.elapsed())
      return { status: 200 }
    })
    for (let step = 0; step < 120; step += 1) {
      world.feed.record(...changes(3))
      await passTime(world, 20_000, 10_000)
    }
    await minutes(11)
    expect(told()).toBe(360)
    for (const at of times)
      expect(times.filter((each) => each >= at && each < at + 600_000).length).toBeLessThanOrEqual(30)
    expect(summaries().length).toBeGreaterThan(2)
  }, 60_000)

  it('sends the only change beyond it as it is', async () => {
    world.feed.record(...changes(30))
    await received(29)
    await minutes(1)
    expect(world.receiver.requests).toHaveLength(30)
    expect(summaries()).toEqual([])
  })

  it('holds for a receiver that answers again, too', async () => {
    world.receiver.answerWith(() => ({ status: 503 }))
    world.feed.record(...changes(500))
    await delivered(29)
    await passTime(world, 3_600_000, 60_000)
    expect(notifier.statuses()).toMatchObject([{ queued: 30 }])
    world.receiver.requests.splice(0)
    world.receiver.answerWith(() => ({ status: 200 }))
    world.feed.record(...changes(100))
    await passTime(world, 4 * 3_600_000, 60_000)
    expect(new Set(world.receiver.ids).size).toBe(31)
    expect(told()).toBe(600)
  }, 60_000)

  it('is that of one endpoint', async () => {
    await notifier.close()
    notifier = startTestNotifier(world, {}, { name: 'second', kinds: ['EXPIRED'] })
    await until(() => notifier.statuses().length === 2)
    world.feed.record(...changes(30), { kind: 'EXPIRED', expiryStatus: 'EXPIRED' })
    await received(30)
    expect(notifier.attempts).toContain('second delivered')
  })

  it('is kept when the program restarts', async () => {
    world.feed.record(...changes(29))
    await delivered(29)
    await notifier.close()
    notifier = startTestNotifier(world)
    world.feed.record(...changes(40))
    await minutes(9)
    expect(world.receiver.requests).toHaveLength(30)
    expect(told()).toBe(69)
  })
})
