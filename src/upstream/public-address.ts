import { BlockList, isIPv4, isIPv6 } from 'node:net'

/** The IPv4 networks that are not reachable from everywhere (IANA IPv4 Special-Purpose Address Registry), and multicast. */
const reservedIPv4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8], // this network, unspecified
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // shared by the customers of a carrier (CGNAT)
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, with the metadata services of clouds
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // IETF protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
]

/** Of IPv6, only global unicast is reachable. Loopback, unique local, link-local, mapped and NAT64 addresses are outside. */
const globalIPv6 = ['2000::', 3] as const

/** The networks in it that are not, or that contain an IPv4 address (IANA IPv6 Special-Purpose Address Registry). */
const reservedIPv6: readonly (readonly [network: string, prefix: number])[] = [
  ['2001::', 23], // IETF protocol assignments, Teredo
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4
  ['3fff::', 20], // documentation
]

// Two lists: a list with a mapped IPv6 network matches IPv4 addresses too.
const blockedIPv4 = new BlockList()
for (const [network, prefix] of reservedIPv4) blockedIPv4.addSubnet(network, prefix)
const blockedIPv6 = new BlockList()
for (const [network, prefix] of reservedIPv6) blockedIPv6.addSubnet(network, prefix, 'ipv6')
const allowedIPv6 = new BlockList()
allowedIPv6.addSubnet(...globalIPv6, 'ipv6')

/** Whether a text is an IP address that is reachable from everywhere. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !blockedIPv4.check(address)
  // A zone, as in fe80::1%eth0, belongs to an address of this machine's network.
  if (!isIPv6(address) || address.includes('%')) return false
  return allowedIPv6.check(address, 'ipv6') && !blockedIPv6.check(address, 'ipv6') && !isIsatap(address)
}

/** Whether the last 64 bits contain an IPv4 address as ISATAP says (RFC 5214, 6.1). */
function isIsatap(address: string): boolean {
  // The hostname of a URL has each address in one notation, in hexadecimal groups without leading zeros.
  return /:(?:0|200)?:5efe:[\da-f]+:[\da-f]+\]$/.test(new URL(`http://[${address}]`).hostname)
}

/** The IP address that the host of a URL is; null when it is a name. `URL` has parsed every notation of IPv4. */
export function addressOf(hostname: string): string | null {
  const address = hostname.replace(/^\[(.*)\]$/, '$1')
  return isIPv4(address) || isIPv6(address) ? address : null
}
