import { readFileSync } from 'node:fs'

/** What the kernel uses for all connections of the machine (proc_pid_net(5)). Other systems do not have this file. */
const statistics = '/proc/net/sockstat'
/** The kernel counts memory in pages. A larger page makes the result smaller than it is, but never below a quarter of it. */
const pageBytes = 4_096

/**
 * Returns the bytes that the kernel keeps for the connections of the machine, roughly: it counts up to 1 MiB per processor in
 * advance. That is at least what their peers have not acknowledged. Reading it takes microseconds. Null on other systems.
 */
export function readTcpMemory(): number | null {
  try {
    const pages = /^TCP: .* mem (\d+)$/m.exec(readFileSync(statistics, 'latin1'))?.[1]
    return pages === undefined ? null : Number(pages) * pageBytes
  } catch {
    return null
  }
}
