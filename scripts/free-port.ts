import { once } from 'node:events'
import { createServer } from 'node:net'

/** Returns a port of the loopback address that no program uses at the moment, for programs that do not report theirs. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const closed = once(server, 'close')
  server.close()
  await closed
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
