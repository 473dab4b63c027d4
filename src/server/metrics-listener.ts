import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Logger } from 'pino'
import { acceptsGzip } from './accept-encoding.ts'
import { toUrl } from './listen.ts'
import type { RefusedHosts } from './refused-hosts.ts'
import { createHostCheck, hostNameOf } from './use-host.ts'
import { compression, isRead, type MetricsSource, metricsPath } from './use-metrics.ts'

interface MetricsListenerOptions {
  readonly host: string
  readonly port: number
  /** Whether every client that reaches the port may read the metrics, under any host name. */
  readonly isPublic: boolean
  /** Returns the Host names that are accepted now, besides the loopback ones and `host`. */
  hosts(): readonly string[]
  readonly refusedHosts: RefusedHosts
  readonly log: Logger
}

export interface RunningMetricsListener {
  readonly url: string
  close(): Promise<void>
}

/** Milliseconds that a client has to send its request. */
const requestTimeout = 10_000
const maxConnections = 100

/** Serves the metrics on a port of their own, without a credential. */
export async function startMetricsListener(
  metrics: MetricsSource,
  { host, port, isPublic, hosts, refusedHosts, log }: MetricsListenerOptions,
): Promise<RunningMetricsListener> {
  async function answer({ method, url = '', headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    const refuse = (status: number, message: string) =>
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${message}\n`)
    // A web page can point its own host name at a loopback address.
    const named = headers.host ?? ''
    if (!isPublic && !createHostCheck([...hosts(), host])(named)) {
      refusedHosts.report(hostNameOf(named), { listener: 'metrics' })
      return void refuse(421, `The Host is not accepted. Expected a loopback name, or one in ${refusedHosts.setting}.`)
    }
    if (url.split('?', 1)[0] !== metricsPath) return void refuse(404, `The metrics are at ${metricsPath}.`)
    if (!isRead(method)) return void refuse(405, 'Send GET to read the metrics.')
    const parts = method === 'HEAD' ? [] : await metrics.scrape({ places: null })
    const plain = { 'content-type': metrics.contentType, 'cache-control': 'no-store', vary: 'Accept-Encoding' }
    if (method === 'HEAD' || !acceptsGzip(headers['accept-encoding'])) {
      response.writeHead(200, plain)
      return pipeline(parts, response)
    }
    response.writeHead(200, { ...plain, 'content-encoding': 'gzip' })
    await pipeline(parts, createGzip(compression), response)
  }

  const http = createServer({ headersTimeout: requestTimeout, requestTimeout }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      // The client has left, such as a scrape that takes too long.
      if (response.destroyed) return
      log.error({ err: error }, 'unexpected error while metrics were scraped')
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end()
    })
  })
  http.maxConnections = maxConnections
  http.listen(port, host)
  await once(http, 'listening')
  return {
    url: `${toUrl(http.address() as AddressInfo)}${metricsPath}`,
    async close() {
      const closed = once(http, 'close')
      http.close()
      http.closeAllConnections()
      await closed
    },
  }
}
