import { closeSync, openSync, readSync } from 'node:fs'
import { isIPv4, type Socket } from 'node:net'
import { endianness } from 'node:os'
import { setImmediate as nextPoll } from 'node:timers/promises'

/** The kernel's tables of connections (proc_pid_net(5)). Other systems do not have these files. */
const tables = { IPv4: '/proc/net/tcp', IPv6: '/proc/net/tcp6' }

/** The addresses of a connection. */
export type Endpoints = Pick<Socket, 'localAddress' | 'localPort' | 'remoteAddress' | 'remotePort'>

/** What the tables say. */
interface Unacknowledged {
  /** The bytes that the kernel has accepted for each connection and its peer has not acknowledged. */
  readonly bytes: ReadonlyMap<Socket, number>
  /** Milliseconds for which the event loop was busy with it. */
  readonly busy: number
}

/** Milliseconds for which the tables are read in one iteration of the event loop. */
const slice = 2
const buffer = Buffer.alloc(65_536)

/**
 * Finds, on Linux, the bytes that clients have not acknowledged. Node has no function for it. The kernel gives 4 kB of a table at
 * a time: with a promise for each, a table of a busy machine would take hundreds of iterations of the event loop.
 */
export async function readUnacknowledgedBytes(sockets: readonly Socket[]): Promise<Unacknowledged> {
  const wanted = new Map(sockets.map((socket) => [toTableKey(socket), socket]))
  const bytes = new Map<Socket, number>()
  let busy = 0
  // Reading a table takes milliseconds, also when it has few lines.
  for (const table of new Set(sockets.map(tableOf))) {
    const file = openTable(table)
    if (file === null) continue
    try {
      for (let isOver = false; !isOver; ) {
        const from = performance.now()
        while (!isOver && performance.now() < from + slice) isOver = !readLines(file, wanted, bytes)
        busy += performance.now() - from
        if (!isOver) await nextPoll()
      }
    } finally {
      closeSync(file)
    }
  }
  return { bytes, busy }
}

function tableOf({ localAddress = '' }: Socket): string {
  return isIPv4(localAddress) ? tables.IPv4 : tables.IPv6
}

function openTable(path: string): number | null {
  try {
    return openSync(path, 'r')
  } catch {
    return null
  }
}

/** Reads some lines. The kernel returns whole ones. Returns false at the end. */
function readLines<S>(file: number, wanted: ReadonlyMap<string, S>, bytes: Map<S, number>): boolean {
  const length = readSync(file, buffer, 0, buffer.length, null)
  findInLines(buffer.toString('latin1', 0, length), wanted, bytes)
  return length > 0
}

/** Finds connections in the text of the tables by the addresses and ports of both ends. */
export function findUnacknowledgedBytes<S extends Endpoints>(text: string, sockets: readonly S[]): Map<S, number> {
  const bytes = new Map<S, number>()
  findInLines(text, new Map(sockets.map((socket) => [toTableKey(socket), socket])), bytes)
  return bytes
}

function findInLines<S>(text: string, wanted: ReadonlyMap<string, S>, bytes: Map<S, number>): void {
  for (const line of text.split('\n')) {
    // Such as `0: 0100007F:0FA0 0100007F:D431 01 0027AC00:00000000`: local and remote address, state, send queue.
    const [, local, remote, , queues = ''] = line.trimStart().split(' ', 5)
    const socket = wanted.get(`${local} ${remote}`)
    if (socket) bytes.set(socket, Number.parseInt(queues, 16))
  }
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
