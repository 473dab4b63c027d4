import { isIP } from 'node:net'
import type { RedisOptions } from 'ioredis'

const longestWait = 2_000
const longestBackoff = 1_000

/** How Redis is reached, from a URL that the configuration has checked. What does not succeed within two seconds has failed. */
export function toOptions(url: string): RedisOptions {
  const { protocol, hostname, port, username, password, pathname } = new URL(url)
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  return {
    host,
    port: Number(port) || 6379,
    db: Number(pathname.slice(1)),
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    ...(protocol === 'rediss:' && { tls: isIP(host) ? {} : { servername: host } }),
    connectTimeout: longestWait,
    commandTimeout: longestWait,
    disconnectTimeout: 100,
    retryStrategy: (times) => Math.min(50 * 2 ** times, longestBackoff),
    lazyConnect: true,
    // A command is for now: none is kept for a Redis that may come back, and none is sent twice.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // Whether Redis is of use is found by using it.
    enableReadyCheck: false,
    disableClientInfo: true,
  }
}
