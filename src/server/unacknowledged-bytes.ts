import { readFile } from 'node:fs/promises'
import { isIPv4, type Socket } from 'node:net'
import { endianness } from 'node:os'

/** The kernel's tables of connections (proc_pid_net(5)). Other systems do not have these files. */
const tables = ['/proc/net/tcp', '/proc/net/tcp6']

/** The addresses of a connection. */
export type Endpoints = Pick<Socket, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'>

/**
 * Returns, on Linux, the bytes that the kernel has accepted for each connection and its peer has not acknowledged. Node
 * has no function for it.
 */
export async function readUnacknowledgedBytes(sockets: readonly Socket[]): Promise<ReadonlyMap<Socket, number>> {
  const texts = await Promise.all(tables.map((table) => readFile(table, 'latin1').catch(() => '')))
  return findUnacknowledgedBytes(texts.join('\n'), sockets)
}

/** Finds connections in the text of the tables by the addresses and ports of both ends. */
export function findUnacknowledgedBytes<S extends Endpoints>(text: string, sockets: readonly S[]): Map<S, number> {
  const wanted = new Map(sockets.map((socket) => [toTableKey(socket), socket]))
  const bytes = new Map<S, number>()
  for (const line of text.split('\n')) {
    // Such as `0: 0100007F:0FA0 0100007F:D431 01 0027AC00:00000000`: local and remote address, state, send queue.
    const [, local, remote, , queues = ''] = line.trimStart().split(' ', 5)
    const socket = wanted.get(`${local} ${remote}`)
    if (socket) bytes.set(socket, Number.parseInt(queues, 16))
  }
  return bytes
}

function toTableKey({ localAddress, localPort, remoteAddress, remotePort }: Endpoints): string {
  return `${toTableAddress(localAddress, localPort)} ${toTableAddress(remoteAddress, remotePort)}`
}

/** The kernel prints an address as numbers of 32 bits in the byte order of the machine. */
function toTableAddress(address = '', port = 0): string {
  const bytes = isIPv4(address) ? toIPv4Bytes(address) : toIPv6Bytes(address)
  const words: string[] = []
  for (let start = 0; start < bytes.length; start += 4) {
    const word = bytes.slice(start, start + 4)
    if (endianness() === 'LE') word.reverse()
    words.push(...word.map((byte) => toHex(byte, 2)))
  }
  return `${words.join('')}:${toHex(port, 4)}`
}

function toIPv4Bytes(address: string): number[] {
  return address.split('.').map(Number)
}

/** @param address may have a zone, such as `fe80::1%eth0`, or end in an IPv4 address */
function toIPv6Bytes(address: string): number[] {
  const [text = ''] = address.split('%')
  const [before, after = []] = text
    .split('::')
    .map((part) => (part === '' ? [] : part.split(':').flatMap(toGroupBytes)))
  if (!before) return after
  return [...before, ...Array<number>(Math.max(0, 16 - before.length - after.length)).fill(0), ...after]
}

function toGroupBytes(group: string): number[] {
  if (group.includes('.')) return toIPv4Bytes(group)
  const value = Number.parseInt(group, 16)
  return [value >> 8, value & 0xff]
}

function toHex(value: number, length: number): string {
  return value.toString(16).toUpperCase().padStart(length, '0')
}
