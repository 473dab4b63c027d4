import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import type { Served } from './answers-process.ts'
import { median, report } from './figures.ts'

/** Of what the lists of all vendors have. */
const query =
  '{ certificates(first: 100) { nodes { __typename id name provider expiresAt expiryStatus daysUntilExpiry asOf stale ' +
  'place { id label } } totalCount complete } }'
const connections = 32
const duration = 3_000
const parallel = 1_000
const runs = 5
const targets = { polling: 0.3, parallel: 2 }

interface Server {
  readonly url: URL
  /** How many operations were executed. */
  executed(): Promise<number>
  stop(): void
}

/**
 * Compares answers that are stored with a bare server of the same bytes: how many of them are sent in a second, and the time
 * for 1,000 identical requests at the same time, when nothing was read before: the median of five runs.
 */
export async function benchAnswers(): Promise<void> {
  const emulators = fork(new URL('./emulator-process.js', import.meta.url), ['small'])
  const [vendors] = (await once(emulators, 'message')) as [object]
  const file = { ...vendors, server: { answers: { storeFor: '1s' } } }

  const polled = await start({ file })
  await untilComplete(polled)
  const body = await answerOf(polled)
  const bare = await start({ body })
  await countAnswers(bare, 500)
  await countAnswers(polled, 500)
  const [bareRate, rate] = [await countAnswers(bare, duration), await countAnswers(polled, duration)]
  const share = rate / bareRate
  report('stored answers', share, {
    unit: '× a bare server',
    atLeast: targets.polling,
    note: `${rate.toFixed(0)}/s and ${bareRate.toFixed(0)}/s of the same ${body.length} bytes`,
  })
  polled.stop()

  const colds: number[] = []
  const times: number[] = []
  const bareTimes: number[] = []
  let executed = 0
  for (let run = 0; run < runs; run += 1) {
    const cold = await start({ file })
    colds.push(await timeOf(cold, 1))
    cold.stop()
    const together = await start({ file })
    times.push(await timeOf(together, parallel))
    executed = Math.max(executed, await together.executed())
    together.stop()
    bareTimes.push(await timeOf(bare, parallel))
  }
  const [coldTime, time, bareTime] = [median(colds), median(times), median(bareTimes)]
  const limit = targets.parallel * bareTime + coldTime
  report(`${parallel} identical requests`, time, {
    unit: 'ms',
    atMost: limit,
    note: `one cold answer ${coldTime.toFixed(0)} ms, a bare server ${bareTime.toFixed(0)} ms`,
  })
  report('executed of them', executed, { unit: 'operations', digits: 0, atMost: 1 })
  bare.stop()
  emulators.kill()
}

async function start(served: Served): Promise<Server> {
  const child: ChildProcess = fork(new URL('./answers-process.js', import.meta.url))
  child.send(served)
  const [url] = (await once(child, 'message')) as [string]
  return {
    url: new URL(url),
    async executed() {
      child.send('executed')
      const [count] = (await once(child, 'message')) as [number]
      return count
    },
    stop: () => child.kill(),
  }
}

async function untilComplete(server: Server): Promise<void> {
  while (!(await answerOf(server)).includes('"complete":true'));
}

async function answerOf({ url }: Server): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${url.origin}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })
  return response.text()
}

function requestTo({ url }: Server): string {
  const body = JSON.stringify({ query })
  const head = ['POST /graphql HTTP/1.1', `host: ${url.host}`, 'content-type: application/json']
  return [...head, `content-length: ${body.length}`, '', body].join('\r\n')
}

async function open({ url }: Server, count: number): Promise<readonly Socket[]> {
  const sockets: Socket[] = []
  // The queue of the port for new connections is shorter than the number of connections.
  while (sockets.length < count) {
    const some = Array.from({ length: Math.min(100, count - sockets.length) }, () =>
      connect(Number(url.port), url.hostname),
    )
    await Promise.all(some.map((socket) => once(socket, 'connect')))
    sockets.push(...some)
  }
  return sockets
}

/** Sends the request, and resolves when the whole response has arrived. Parses no more of it than its length. */
function exchange(socket: Socket, request: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let left: number | undefined
    const receive = (part: Buffer) => {
      if (left === undefined) {
        const end = part.indexOf('\r\n\r\n')
        const head = part.subarray(0, end).toString('latin1')
        if (!head.startsWith('HTTP/1.1 200 ')) return reject(new Error(`no answer: ${head}`))
        left = end + 4 + Number(/^content-length: (\d+)/im.exec(head)?.[1])
      }
      left -= part.length
      if (left > 0) return
      socket.off('data', receive)
      resolve()
    }
    socket.on('data', receive)
    socket.write(request)
  })
}

/** Answers per second. */
async function countAnswers(server: Server, milliseconds: number): Promise<number> {
  const sockets = await open(server, connections)
  const request = requestTo(server)
  const begun = performance.now()
  let count = 0
  const poll = async (socket: Socket) => {
    while (performance.now() < begun + milliseconds) {
      await exchange(socket, request)
      count += 1
    }
  }
  await Promise.all(sockets.map(poll))
  for (const socket of sockets) socket.destroy()
  return (1000 * count) / (performance.now() - begun)
}

/** Milliseconds until this many requests at the same time are answered. */
async function timeOf(server: Server, count: number): Promise<number> {
  const sockets = await open(server, count)
  const request = requestTo(server)
  const begun = performance.now()
  await Promise.all(sockets.map((socket) => exchange(socket, request)))
  const time = performance.now() - begun
  for (const socket of sockets) socket.destroy()
  return time
}
