import { open } from 'node:fs/promises'
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
  const texts = await Promise.all(tables.map((table) => readTable(table).catch(() => '')))
  return findUnacknowledgedBytes(texts.join('\n'), sockets)
}

/** How many reads each table took last. */
const lastReads = new Map<string, number>()

async function readTable(path: string): Promise<string> {
  const file = await open(path)
  try {
    const parts = await readToEnd(file, lastReads.get(path))
    lastReads.set(path, parts.length)
    return parts.join('')
  } finally {
    await file.close()
  }
}

/** More than the kernel returns at once. */
const bufferBytes = 16_384
const maxReads = 64

/** A file of which each read returns the next lines. */
export interface LineFile {
  read(buffer: Buffer, offset: number, length: number, position: null): Promise<{ readonly bytesRead: number }>
}

/**
 * Reads a table of the kernel. Each read returns a page of memory, about 27 whole lines. One after another, the reads of a long
 * table would take an iteration of the event loop each, and an iteration takes long while there is work. Their order does
 * not matter. A read at the end takes the kernel as long as many others.
 * @param expected how many reads it may take
 */
export async function readToEnd(file: LineFile, expected = 1): Promise<readonly string[]> {
  const parts: string[] = []
  let more = 1
  for (let reads = Math.min(maxReads, expected); ; reads = more) {
    const read = await Promise.all(Array.from({ length: reads }, () => readPart(file)))
    const found = read.filter((part) => part !== '')
    parts.push(...found)
    if (found.length < reads) return parts
    if (parts.length > expected) more = Math.min(maxReads, 2 * more)
  }
}

async function readPart(file: LineFile): Promise<string> {
  const buffer = Buffer.allocUnsafe(bufferBytes)
  const { bytesRead } = await file.read(buffer, 0, bufferBytes, null)
  return buffer.toString('latin1', 0, bytesRead)
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
