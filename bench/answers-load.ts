import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import process from 'node:process'
import type { Served } from './answers-process.ts'

/** Of what the lists of all vendors have. */
const query =
  '{ certificates(first: 100) { nodes { __typename id name provider expiresAt expiryStatus daysUntilExpiry asOf stale ' +
  'place { id label } } totalCount complete } }'
const connections = 32
/** Until a server has sent as many answers, its rate rises: V8 compiles what runs often. */
const answersUntilCompiled = 8_000

export interface Server {
  readonly url: URL
  /** How many operations were executed. */
  executed(): Promise<number>
  stop(): void
}

/** Starts a server in a process of its own: the load must not run on the same event loop. */
export async function startServer(served: Served): Promise<Server> {
  // As `main.ts` sets it for the packages of each server.
  const env = { ...process.env, NODE_ENV: 'production' }
  const child: ChildProcess = fork(new URL('./answers-process.js', import.meta.url), { env })
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

export async function untilComplete(server: Server): Promise<void> {
  while (!(await answerOf(server)).includes('"complete":true'));
}

export async function answerOf({ url }: Server): Promise<string> {
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

/** Loads a server until its code is compiled. */
export async function warmUp(server: Server): Promise<void> {
  let sent = 0
  while (sent < answersUntilCompiled) sent += await countAnswers(server, 1_000)
}

/** Answers per second. */
export async function countAnswers(server: Server, milliseconds: number): Promise<number> {
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
export async function timeOf(server: Server, count: number): Promise<number> {
  const sockets = await open(server, count)
  const request = requestTo(server)
  const begun = performance.now()
  await Promise.all(sockets.map((socket) => exchange(socket, request)))
  const time = performance.now() - begun
  for (const socket of sockets) socket.destroy()
  return time
}
