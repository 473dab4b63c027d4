import { BlockList, isIPv4, isIPv6 } from 'node:net'

const loopback = new BlockList()
loopback.addAddress('::1', 'ipv6')

/** Whether a host is this machine: a loopback address, bracketed or not, or `localhost`. Resolves no names. */
export function isLoopback(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, '$1')
  if (isIPv4(address)) return address.startsWith('127.')
  if (isIPv6(address)) return loopback.check(address, 'ipv6')
  return address.toLowerCase() === 'localhost'
}

/** Whether an origin, as in the header `Origin`, is a web server on this machine. */
export function isLoopbackOrigin(origin: string): boolean {
  if (!URL.canParse(origin)) return false
  const { protocol, hostname } = new URL(origin)
  return /^https?:$/.test(protocol) && isLoopback(hostname)
}
