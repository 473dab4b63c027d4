import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A proxy in front of Redis. */
export interface RedisProxy {
  readonly url: string
  /** Milliseconds by which every answer of Redis is late. */
  delay: number
  /** Leads the commands of open connections to another server from now on, as a proxy does after a failover. */
  failOverTo(url: string): void
  close(): void
}

/** Starts a proxy that passes on commands and answers. Clients keep their connection when the server behind it changes. */
export async function startRedisProxy(url: string): Promise<RedisProxy> {
  let target = url
  const clients = new Set<{ readonly socket: Socket; follow(): void }>()
  const server = createServer((socket) => {
    let redis: Socket
    const follow = () => {
      redis?.destroy()
      const { hostname, port } = new URL(target)
      const upstream = connect(Number(port), hostname)
      redis = upstream
      upstream.on('error', () => {})
      upstream.on('data', (data) => {
        const send = () => upstream === redis && socket.write(data)
        if (proxy.delay === 0) send()
        else setTimeout(send, proxy.delay).unref()
      })
      upstream.on('close', () => upstream === redis && socket.destroy())
    }
    const client = { socket, follow }
    clients.add(client)
    follow()
    socket.on('error', () => {})
    socket.on('data', (data) => redis.write(data))
    socket.on('close', () => {
      clients.delete(client)
      redis.destroy()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const proxy: RedisProxy = {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    delay: 0,
    failOverTo(other) {
      target = other
      for (const { follow } of clients) follow()
    },
    close() {
      for (const { socket } of clients) socket.destroy()
      server.close()
    },
  }
  return proxy
}
