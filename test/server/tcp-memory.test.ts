import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import process from 'node:process'
import { describe, it } from '@jest/globals'
import { readTcpMemory } from '../../src/server/tcp-memory.ts'
import { until } from '../support/until.ts'

const onLinux = process.platform === 'linux' ? it : it.skip

describe('the memory of the connections of the machine', () => {
  onLinux('grows with the bytes that a client does not read', async () => {
    const before = readTcpMemory() ?? Number.NaN
    const server = createServer((socket) => socket.on('error', () => {}).write(Buffer.alloc(50_000_000)))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1').pause()
    await until(() => (readTcpMemory() ?? 0) > before + 2_000_000)
    client.resetAndDestroy()
    server.close()
    await once(server, 'close')
  })
})
