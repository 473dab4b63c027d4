import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from '@jest/globals'
import { addressOf, useBuiltProgram } from './support/built-program.ts'
import { createFolder } from './support/folder.ts'
import { post, sendRequest } from './support/http-client.ts'

const program = useBuiltProgram()

const traceId = '0af7651916cd43dd8448eb211c80319c'
const traceparent = `00-${traceId}-b7ad6b7169203331-01`
const query = 'query Observed { certificates(first: 1) { totalCount } }'

/** Runs the sandbox for one query, and returns its log. */
async function logOf(env: Record<string, string>): Promise<string> {
  const child = program.start(env)
  const log = text(child.stderr)
  const { url } = await addressOf(child)
  const { status } = await post(url, { query }, { traceparent })
  expect(status).toBe(200)
  expect((await sendRequest(url, { headers: { host: 'evil.example' } })).status).toBe(421)
  child.kill('SIGINT')
  return log
}

/** A file for `node --import` that registers the SDK, as an operator does, and writes the spans to another file. */
function writePreload(spans: string): string {
  const packageUrl = (name: string) => pathToFileURL(resolve('node_modules', name)).href
  const file = join(createFolder(), 'preload.mjs')
  writeFileSync(
    file,
    `import { appendFileSync } from 'node:fs'
     import api from '${packageUrl('@opentelemetry/api/build/src/index.js')}'
     import core from '${packageUrl('@opentelemetry/core/build/src/index.js')}'
     import sdk from '${packageUrl('@opentelemetry/sdk-trace-base/build/src/index-shim.js')}'
     const toLine = (span) => {
       const { name, kind, parentSpanContext } = span
       return JSON.stringify({ name, kind, parent: parentSpanContext?.spanId, ...span.spanContext() }) + '\\n'
     }
     const exporter = {
       export(spans, done) {
         appendFileSync('${spans}', spans.map(toLine).join(''))
         done({ code: 0 })
       },
       shutdown: async () => {},
     }
     const spanProcessors = [new sdk.SimpleSpanProcessor(exporter)]
     api.trace.setGlobalTracerProvider(new sdk.BasicTracerProvider({ spanProcessors }))
     api.propagation.setGlobalPropagator(new core.W3CTraceContextPropagator())`,
  )
  return file
}

describe('a running process', () => {
  it('writes levels as words and times in ISO 8601', async () => {
    const lines = (await logOf({ LOG_LEVEL: 'trace' }))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(new Set(lines.map(({ level }) => level))).toEqual(new Set(['trace', 'debug', 'info', 'warn']))
    for (const { time } of lines) expect(new Date(String(time)).toISOString()).toBe(time)
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'info', operationName: 'Observed', complete: true, fresh: true }),
    )
    expect(lines).toContainEqual(expect.objectContaining({ level: 'debug', method: 'GET', status: 200, attempt: 1 }))
    expect(lines).toContainEqual(expect.objectContaining({ level: 'warn', host: 'evil.example' }))
  }, 60_000)

  it('writes a line of text per event with LOG_FORMAT=pretty', async () => {
    const lines = (await logOf({ LOG_FORMAT: 'pretty', LOG_LEVEL: 'debug' })).trimEnd().split('\n')
    for (const line of lines) expect(line).toMatch(/^20\d\d-\d\d-\d\dT[\d:.]+Z (?:DEBUG|INFO |WARN ) \S/)
    expect(lines.join('\n')).toMatch(/INFO {2}operation .*operationName=Observed .*complete=true fresh=true/)
  }, 60_000)

  it('records spans when an SDK is loaded before it, below the span of the client', async () => {
    const spans = join(createFolder(), 'spans.jsonl')
    await logOf({ NODE_OPTIONS: `--import=${pathToFileURL(writePreload(spans)).href}` })
    const recorded = readFileSync(spans, 'utf8')
      .trimEnd()
      .split('\n')
      .map(
        (line) => JSON.parse(line) as { kind: number; name: string; parent: string; spanId: string; traceId: string },
      )
    const [server, ...others] = recorded.filter(({ kind }) => kind === 1)
    expect(others).toEqual([])
    expect(server).toMatchObject({ name: 'query', parent: 'b7ad6b7169203331', traceId })
    const clients = recorded.filter(({ kind }) => kind === 2)
    expect(clients.length).toBeGreaterThan(5)
    for (const client of clients) expect(client).toMatchObject({ parent: server?.spanId, traceId })
  }, 60_000)
})
