import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from '@jest/globals'
import { SlowReaders } from '../../src/server/slow-readers.ts'
import { createManualClock } from '../support/manual-clock.ts'

describe('the table of connections', () => {
  const open: { destroy(): void }[] = []
  afterEach(() => {
    for (const each of open.splice(0)) each.destroy()
  })

  /** A connection that has written more than is confirmed without a look at the table. */
  async function createWriter(): Promise<Socket> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const connected = once(server, 'connection')
    const address = server.address()
    const client = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1').resume()
    const [socket]: Socket[] = await connected
    if (!socket) throw new Error('no connection')
    open.push(client, socket, { destroy: () => server.close() })
    await new Promise((resolve) => socket.write('x'.repeat(100_000), resolve))
    return socket
  }

  it('is read again within 100 ms before a refusal, also when a reading seems to have taken long', async () => {
    let readings = 0
    const readers = new SlowReaders(
      createManualClock(),
      () => false,
      async (sockets) => {
        readings += 1
        // While the process works, the thread that reads waits for it.
        await sleep(500)
        return new Map(sockets.map((socket) => [socket, readings === 1 ? 100_000 : 0]))
      },
    )
    const socket = await createWriter()
    const confirmed = new Promise<void>((resolve) => readers.whenAcknowledged(socket, resolve))
    const order: string[] = []
    await readers.refresh()
    expect(readings).toBe(1)
    // The next reading begins after 100 ms, and ends after 600.
    await Promise.all([
      confirmed.then(() => order.push('confirmed')),
      readers.refresh(),
      sleep(900).then(() => order.push('later')),
    ])
    expect(order).toEqual(['confirmed', 'later'])
  })
})
