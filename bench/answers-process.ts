import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { createCompilingServer } from './compiling-server.ts'
import { startProgram, toConfig, withoutLimits } from './program.ts'

/**
 * What the process serves: certgraph with a configuration file, one body on a bare server, or the data of an answer with Yoga
 * and graphql-jit.
 */
export type Served = { readonly file: object } | { readonly body: string } | { readonly answer: string }

// A process for the server: the load must not run on the same event loop. It reports how many operations were executed.
process.once('message', async (served: Served) => {
  let executed = 0
  if ('file' in served) {
    const lines = new Writable({
      write(line, _encoding, done) {
        // To parse each line would count as the server's time.
        const text = String(line)
        if (text.includes('"msg":"operation"') && !text.includes('"stored":true')) executed += 1
        done()
      },
    })
    const program = await startProgram(withoutLimits(toConfig(served.file)), undefined, pino({ level: 'info' }, lines))
    process.send?.(program.url)
  } else if ('answer' in served) {
    listen(createServer(createCompilingServer(served.answer)))
  } else {
    const bytes = Buffer.from(served.body)
    const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': bytes.length }
    const server = createServer((request, response) => {
      request.resume()
      request.on('end', () => response.writeHead(200, headers).end(bytes))
    })
    listen(server)
  }
  process.on('message', () => process.send?.(executed))
})

function listen(server: Server): void {
  server.listen(0, '127.0.0.1', () => {
    process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  })
}
