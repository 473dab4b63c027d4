import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type Stack, startStack } from '../support/stack.ts'
import { until } from '../support/until.ts'

let stack: Stack
beforeEach(async () => {
  stack = await startStack({
    limits: false,
    // A call may take longer than an operation.
    configure: (file) => ({ ...file, upstream: { deadline: '9s', timeout: '10s' } }),
  })
})
afterEach(() => stack.close())

const list = '{ certificates(first: 100) { totalCount complete nodes { id } sources { status error { code } } } }'
const operations = () => stack.log.filter(({ msg }) => msg === 'operation')

/** Time in which a request arrives, and an operation begins or ends. */
const arrival = () => sleep(100)

describe('identical requests while a vendor hangs until their deadline', () => {
  it('are executed a few times, and all get what was read', async () => {
    stack.liveperson.emulator.fault({ effect: 'hang' })
    const answers = Array.from({ length: 100 }, () => stack.ask<{ certificates: object }>(list))
    await until(() => stack.liveperson.emulator.calls.length > 0 && stack.akamai.emulator.calls.length > 0)
    // All of them arrive.
    await sleep(1_500)
    for (const milliseconds of [6_750, 1_687, 500, 63]) {
      stack.clock.advance(milliseconds)
      await arrival()
    }
    const bodies = await Promise.all(answers)
    for (const body of bodies) expect(body).toMatchObject({ data: { certificates: { complete: false } } })
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBeLessThanOrEqual(3)
    expect(operations().filter(({ stored }) => !stored).length).toBeLessThanOrEqual(3)
    expect(operations()).toHaveLength(100)
  })

  it('are executed for the first request after it', async () => {
    stack.liveperson.emulator.fault({ effect: 'hang' })
    const first = stack.ask(list)
    await until(() => stack.liveperson.emulator.calls.length > 0)
    await arrival()
    stack.clock.advance(9_000)
    await first
    stack.liveperson.emulator.reset()
    stack.clock.advance(500)
    const again = stack.ask(list)
    await arrival()
    stack.clock.advance(500)
    await again
    expect(operations().at(-1)).not.toHaveProperty('stored')
  })
})
