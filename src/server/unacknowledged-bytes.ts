import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'

/** The kernel's tables of connections (proc_pid_net(5)). Other systems do not have these files. */
const tables = ['/proc/net/tcp', '/proc/net/tcp6']

/**
 * Returns, on Linux, the bytes that the kernel has accepted for each connection and its peer has not acknowledged. Node
 * has no function for it.
 */
export async function readUnacknowledgedBytes(sockets: readonly Socket[]): Promise<ReadonlyMap<Socket, number>> {
  const texts = await Promise.all(tables.map((table) => readFile(table, 'utf8').catch(() => '')))
  const byPorts = new Map<string, number>()
  for (const line of texts.join('\n').split('\n')) {
    // Such as `0: 0100007F:0FA0 0100007F:D431 01 0027AC00:00000000`: local and remote address, state, send queue.
    const [, local, remote, , queues] = line.trim().split(/ +/)
    if (local === undefined || remote === undefined || queues === undefined) continue
    const ports = `${portOf(local)} ${portOf(remote)}`
    byPorts.set(ports, (byPorts.get(ports) ?? 0) + Number.parseInt(queues, 16))
  }
  const bytes = new Map<Socket, number>()
  for (const socket of sockets) {
    const queued = byPorts.get(`${socket.localPort} ${socket.remotePort}`)
    if (queued !== undefined) bytes.set(socket, queued)
  }
  return bytes
}

function portOf(address: string): number {
  return Number.parseInt(address.slice(address.indexOf(':') + 1), 16)
}
