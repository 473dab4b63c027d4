import { fork } from 'node:child_process'
import { once } from 'node:events'
import { answerOf, countAnswers, type Server, startServer, timeOf, untilComplete, warmUp } from './answers-load.ts'
import { compareAlternately } from './compare.ts'
import { median, report } from './figures.ts'

/** Milliseconds in which one server is measured before the other one is. */
const roundTime = 300
const parallel = 1_000
const runs = 5
const targets = { polling: 0.3, parallel: 2, computed: 0.7 }

/**
 * Compares answers that are stored with a bare server of the same bytes: how many of them are sent in a second, and the time
 * for 1,000 identical requests at the same time, when nothing was read before: the median of five runs. For that, each server
 * has just started: its code is not compiled yet, and that of a server which has served thousands of requests is. Answers that
 * are computed are compared with Yoga and graphql-jit, which have the same data in memory.
 */
export async function benchAnswers(): Promise<void> {
  const emulators = fork(new URL('./emulator-process.js', import.meta.url), ['small'])
  const [vendors] = (await once(emulators, 'message')) as [object]
  const file = { ...vendors, server: { answers: { storeFor: '1s' } } }

  const polled = await startServer({ file })
  await untilComplete(polled)
  const body = await answerOf(polled)
  const bare = await startServer({ body })
  const stored = await compare(polled, bare)
  report('stored answers', stored.ratio, {
    unit: '× a bare server',
    atLeast: targets.polling,
    note: `${stored.rates}, of the same ${body.length} bytes`,
  })
  polled.stop()

  const computing = await startServer({ file: { ...vendors, server: { answers: { storeFor: '0s' } } } })
  await untilComplete(computing)
  const compiling = await startServer({ answer: body })
  const computed = await compare(computing, compiling)
  report('computed answers', computed.ratio, {
    unit: '× Yoga with graphql-jit',
    atLeast: targets.computed,
    note: computed.rates,
  })
  computing.stop()
  compiling.stop()

  const colds: number[] = []
  const times: number[] = []
  const bareTimes: number[] = []
  const warmTimes: number[] = []
  let executed = 0
  for (let run = 0; run < runs; run += 1) {
    const cold = await startServer({ file })
    colds.push(await timeOf(cold, 1))
    cold.stop()
    const together = await startServer({ file })
    times.push(await timeOf(together, parallel))
    executed = Math.max(executed, await together.executed())
    together.stop()
    const started = await startServer({ body })
    bareTimes.push(await timeOf(started, parallel))
    started.stop()
    warmTimes.push(await timeOf(bare, parallel))
  }
  const [coldTime, time, bareTime] = [median(colds), median(times), median(bareTimes)]
  const limit = targets.parallel * bareTime + coldTime
  report(`${parallel} identical requests`, time, {
    unit: 'ms',
    atMost: limit,
    note: `one cold answer ${coldTime.toFixed(0)} ms, a bare server ${bareTime.toFixed(0)} ms (${median(warmTimes).toFixed(0)} ms when it has served others)`,
  })
  report('executed of them', executed, { unit: 'operations', digits: 0, atMost: 1 })
  bare.stop()
  emulators.kill()
}

/** Compares the answers per second of two servers whose code is compiled. */
async function compare(server: Server, other: Server): Promise<{ readonly ratio: number; readonly rates: string }> {
  await warmUp(server)
  await warmUp(other)
  const { first, second, ratio } = await compareAlternately(
    () => countAnswers(server, roundTime),
    () => countAnswers(other, roundTime),
  )
  return { ratio, rates: `${first.toFixed(0)}/s and ${second.toFixed(0)}/s` }
}
