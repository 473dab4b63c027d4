import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import process from 'node:process'
import { setImmediate as nextPoll } from 'node:timers/promises'
import { afterEach, describe, expect, it } from '@jest/globals'
import { SlowReaders } from '../../src/server/slow-readers.ts'
import { createManualClock } from '../support/manual-clock.ts'

const onLinux = process.platform === 'linux' ? it : it.skip

let client: Socket
afterEach(() => {
  client.destroy()
})

/** A connection whose client does not read what was sent. */
async function sendUnread(): Promise<Socket> {
  const server = createServer({ pauseOnConnect: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  client = connect((server.address() as AddressInfo).port, '127.0.0.1').pause()
  client.on('error', () => {})
  const [socket] = (await once(server, 'connection')) as [Socket]
  socket.on('error', () => {})
  server.close()
  socket.write(Buffer.alloc(8_000_000))
  return socket
}

describe('an operation that is refused until answers are read', () => {
  onLinux('is tried again at once when the next request of another client has arrived together with it', async () => {
    const socket = await sendUnread()
    const readers = new SlowReaders(
      createManualClock(),
      () => 0,
      () => false,
    )
    let isRead = false
    readers.whenProbablyRead(socket, () => {
      isRead = true
    })
    const retried = readers.retry(() => isRead)
    readers.presumeRead(socket)
    const order: string[] = []
    await Promise.all([
      retried.then((isDone) => order.push(`retried ${isDone}`)),
      nextPoll()
        .then(nextPoll)
        .then(() => order.push('two polls later')),
    ])
    expect(order).toEqual(['retried true', 'two polls later'])
    expect(isRead).toBe(true)
    socket.destroy()
  })
})
