import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { trace } from '@opentelemetry/api'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import type { Call } from '../src/sandbox/call.ts'
import type { Emulator } from '../src/sandbox/emulator.ts'
import { activeTracer } from '../src/tracer.ts'
import { openEventStream } from './support/event-stream.ts'
import { post, sendRequest } from './support/http-client.ts'
import { whileTimePasses } from './support/passing-time.ts'
import { queryCorpus } from './support/query-corpus.ts'
import { type Stack, startStack } from './support/stack.ts'
import { SpanKind, shownOf, startTracing, type Tracing } from './support/tracing.ts'
import { until } from './support/until.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const parentId = 'b7ad6b7169203331'
const traceparent = `00-${traceId}-${parentId}-01`
/** Milliseconds that one call may take. */
const timeout = 10_000
const beyondEveryTtl = 2 * 3_600_000

let stack: Stack
let tracing: Tracing
let undici: UndiciInstrumentation
beforeEach(async () => {
  tracing = startTracing()
  undici = new UndiciInstrumentation()
  stack = await startStack({
    limits: false,
    configure: (file) => ({ ...file, writes: 'enabled', limits: { cost: 1_000_000, batching: 2 } }),
  })
})
afterEach(async () => {
  undici.disable()
  await stack.close()
  await tracing.stop()
})

const send = (query: string, variables: object = {}, headers: Record<string, string> = {}) =>
  post(stack.url.replace('/graphql', ''), { query, variables }, headers)
const ask = (...operation: Parameters<typeof send>) => whileTimePasses(stack.clock, send(...operation))

const servers = () => tracing.spans(SpanKind.SERVER)
const clients = () => tracing.spans(SpanKind.CLIENT)

const certificates = '{ certificates(first: 1) { totalCount } }'
const pems = `{ certificates(first: 100) { nodes { name
  ... on AkamaiCertificate { pem } ... on OpenAICertificate { pem } } } }`
const switchKeys =
  'query ($search: String) { akamaiAccountSwitchKeys(accountId: "bluequay", search: $search) { accountName } }'

/** What a call that an emulator has recorded looks like as the attributes of a span. */
function attributesOf({ url }: Emulator, call: Call) {
  const query = new URLSearchParams(call.query)
  query.delete('search')
  const text = query.size === 0 ? '' : `?${query}`
  return {
    'http.request.method': call.method,
    'server.address': '127.0.0.1',
    'server.port': Number(new URL(url).port),
    'url.full': `${url}${call.path}${text}`,
    ...(call.status !== null && { 'http.response.status_code': call.status }),
  }
}

const sorted = (items: readonly object[]) => items.map((item) => JSON.stringify(item, Object.keys(item).sort())).sort()

/** Compares the CLIENT spans with the calls that reached the vendors. */
function expectSpanPerCall() {
  const calls = stack.emulators.flatMap((emulator) => emulator.calls.map((call) => attributesOf(emulator, call)))
  const spans = clients().map(({ attributes }) => {
    const { 'error.type': _type, 'http.request.resend_count': _count, ...rest } = attributes
    return rest
  })
  expect(sorted(spans)).toEqual(sorted(calls))
  expect(tracing.open).toEqual(new Set())
}

describe('the spans of calls to vendors', () => {
  it('are one for each call that the vendors record, below the span of its operation', async () => {
    for (const query of [certificates, pems, ...queryCorpus]) await ask(query)
    await ask(switchKeys, { search: 'quay' })
    await ask('{ livePersonCertificate(accountId: "le4830275", id: "1") { id } }')
    expectSpanPerCall()
    expect(clients().length).toBeGreaterThan(30)
    const parents = new Map(servers().map((span) => [span.spanContext().spanId, span.spanContext().traceId]))
    for (const span of clients())
      expect(parents.get(span.parentSpanContext?.spanId ?? '')).toBe(span.spanContext().traceId)
  })

  it('have the path with the names of ids as their name', async () => {
    await ask(pems)
    await ask(switchKeys, { search: 'quay' })
    expect(new Set(clients().map(({ name }) => name))).toEqual(
      new Set([
        'GET /v1/organization/certificates',
        'GET /v1/organization/certificates/{certificateId}',
        'GET /contract-api/v1/contracts/identifiers',
        'GET /cps/v2/active-certificates',
        'GET /cps/v2/enrollments/{enrollmentId}/deployments/production',
        'GET /cps/v2/enrollments/{enrollmentId}/deployments/staging',
        'GET /identity-management/v3/api-clients/self/account-switch-keys',
        'GET /api/account/{accountId}/service/{service}/baseURI.json',
        'GET /mtls/account/{accountId}/certificates',
        'POST /sentinel/api/v2/account/{accountId}/app/token',
      ]),
    )
  })

  it('have the number of the attempt and the type of the error', async () => {
    let count = 0
    stack.openai.emulator.fault({
      match: ({ path }) => path === '/v1/organization/certificates' && count++ < 2,
      effect: { status: 503 },
    })
    await ask('{ openAIOrganization(id: "org_bluequay") { certificates(first: 1) { totalCount } } }')
    const ofList = clients().filter(({ name }) => name === 'GET /v1/organization/certificates')
    expect(
      ofList
        .slice(0, 3)
        .map(({ attributes, status }) => [
          attributes['http.request.resend_count'],
          attributes['http.response.status_code'],
          attributes['error.type'],
          status.code,
        ]),
    ).toEqual([
      [undefined, 503, '503', 2],
      [1, 503, '503', 2],
      [2, 200, undefined, 0],
    ])
    expectSpanPerCall()
  })

  it.each([
    ['UPSTREAM_UNAVAILABLE', 'reset' as const, undefined],
    ['UPSTREAM_TIMEOUT', 'hang' as const, undefined],
    ['UPSTREAM_MALFORMED_RESPONSE', { status: 200, body: {} }, 200],
    ['429', { status: 429, headers: { 'retry-after': '600' } }, 429],
  ])('have the error type %s', async (type, effect, status) => {
    stack.liveperson.emulator.fault({ match: ({ path }) => path === '/mtls/account/le4830275/certificates', effect })
    const one = '{ livePersonAccount(id: "le4830275") { certificates { totalCount } } }'
    await whileTimePasses(stack.clock, send(one), timeout)
    const span = clients().find(({ name }) => name === 'GET /mtls/account/{accountId}/certificates')
    expect(span?.attributes).toMatchObject({ 'error.type': type })
    expect(span?.attributes['http.response.status_code']).toBe(status)
    expectSpanPerCall()
  })

  it('link other operations that wait for the same reading to the operation that it began for', async () => {
    // Longer than the second request takes to arrive.
    stack.liveperson.emulator.latency = 500
    const one = '{ livePersonAccount(id: "le4830275") { certificates { totalCount } } }'
    await Promise.all([send(one), send(`query Other ${one}`)])
    const list = clients().find(({ name }) => name === 'GET /mtls/account/{accountId}/certificates')
    const first = servers().find((span) => span.spanContext().spanId === list?.parentSpanContext?.spanId)
    const other = servers().find((span) => span !== first)
    expect(servers()).toHaveLength(2)
    expect(other?.links.map(({ context }) => context.spanId)).toEqual([first?.spanContext().spanId])
    expect(first?.links).toEqual([])
    expectSpanPerCall()
  })

  it('never forward the context of the trace or the baggage to a vendor, also when undici is instrumented', async () => {
    undici.setTracerProvider(trace.getTracerProvider())
    await ask(pems, {}, { traceparent, tracestate: 'vendor=1', baggage: 'user=alice' })
    const calls = stack.emulators.flatMap(({ calls }) => calls)
    expect(calls.length).toBeGreaterThan(10)
    for (const { headers } of calls) {
      expect(Object.keys(headers).filter((name) => /trace|baggage|b3|sentry/.test(name))).toEqual([])
      expect(JSON.stringify(headers)).not.toContain(traceId)
    }
    expectSpanPerCall()
  })
})

describe('the span of an operation', () => {
  it('has the type of the operation as its name, and its name and request id as attributes', async () => {
    await ask('query Count { certificates(first: 1) { totalCount } }', {}, { 'x-request-id': 'r1' })
    await ask(
      'mutation { renameOpenAICertificate(input: { organizationId: "org_x", certificateId: "c", name: "n" }) { __typename } }',
    )
    expect(servers().map(shownOf)).toEqual([
      {
        name: 'query',
        'graphql.operation.type': 'query',
        'graphql.operation.name': 'Count',
        'certgraph.request_id': 'r1',
        'certgraph.complete': true,
      },
      {
        name: 'mutation',
        'graphql.operation.type': 'mutation',
        'certgraph.request_id': expect.any(String),
        'certgraph.complete': true,
      },
    ])
  })

  it('is below the span that the client names, and the log has the id of the trace', async () => {
    await ask(certificates, {}, { traceparent })
    const [span] = servers()
    expect(span?.parentSpanContext).toMatchObject({ traceId, spanId: parentId, isRemote: true })
    expect(stack.log.at(-1)).toMatchObject({ msg: 'operation', traceId })
  })

  it('exists for an answer that is given again, with its own parent and without calls', async () => {
    await ask(certificates)
    tracing.reset()
    const { status } = await ask(certificates, {}, { traceparent })
    expect(status).toBe(200)
    expect(stack.log.at(-1)).toMatchObject({ stored: true, traceId })
    expect(servers().map(shownOf)).toMatchObject([
      { name: 'query', 'certgraph.stored': true, 'certgraph.complete': true },
    ])
    expect(servers()[0]?.parentSpanContext?.spanId).toBe(parentId)
    expect(clients()).toEqual([])
  })

  it('has the code of an error, and the status of an error for which the client is not responsible', async () => {
    await ask('{ nothing }')
    await ask('{ hello')
    stack.liveperson.emulator.fault({ match: () => true, effect: { status: 500 } })
    await ask('{ livePersonAccount(id: "le4830275") { certificates { totalCount } } }')
    expect(servers().map(({ name, attributes, status }) => [name, attributes['error.type'], status.code])).toEqual([
      ['query', 'GRAPHQL_VALIDATION_FAILED', 0],
      ['GraphQL Operation', 'GRAPHQL_PARSE_FAILED', 0],
      ['query', 'UPSTREAM_UNAVAILABLE', 2],
    ])
    expect(tracing.open).toEqual(new Set())
  })

  it('exists for each operation of a list', async () => {
    const list = [{ query: '{ a: __typename }' }, { query: 'query B { b: __typename }' }]
    const body = JSON.stringify(list)
    const headers = { 'content-type': 'application/json' }
    const { status } = await sendRequest(stack.url, { method: 'POST', headers }, body)
    expect([status, servers().length]).toEqual([200, 2])
    expect(servers().map(({ attributes }) => attributes['graphql.operation.name'])).toEqual([undefined, 'B'])
  })

  it('has an old reading as incomplete while a vendor fails for good', async () => {
    stack.liveperson.emulator.fault({ match: () => true, effect: { status: 500 } })
    stack.clock.advance(beyondEveryTtl)
    await ask(certificates)
    expect(servers()[0]?.attributes).toMatchObject({ 'certgraph.complete': false })
  })
})

describe('the span of a subscription', () => {
  it('lasts as long as the stream, and has its trace in the log', async () => {
    const query = 'subscription Changed { certificateChanged { id } }'
    const stream = await openEventStream(new URL(stack.url).origin, { query }, { traceparent })
    expect(tracing.open.size).toBe(1)
    stream.leave()
    await until(() => tracing.open.size === 0)
    expect(servers().map(shownOf)).toEqual([
      {
        name: 'subscription',
        'graphql.operation.type': 'subscription',
        'graphql.operation.name': 'Changed',
        'certgraph.request_id': stream.headers['x-request-id'],
        'error.type': 'client_left',
      },
    ])
    expect(servers()[0]?.spanContext().traceId).toBe(traceId)
    for (const msg of ['subscription began', 'subscription ended'])
      expect(stack.log.filter((line) => line['msg'] === msg)).toMatchObject([{ traceId }])
  })
})

describe('spans', () => {
  it('contain no document, variable, credential or PEM', async () => {
    stack.openai.emulator.fault({
      match: ({ path }) => path === '/v1/organization/projects',
      effect: { status: 500, body: { error: { message: 'in the answer' } } },
    })
    await ask(pems.replace('{', 'query Pems { # in the document\n'))
    await ask(switchKeys, { search: 'in-the-variable' })
    await ask('{ certificates(first: 1, filter: { search: "in the document" }) { totalCount } }')
    await ask('{ certificatePlaces(first: 1) { totalCount } }', {}, { authorization: 'Bearer in-the-header' })
    const text = JSON.stringify(
      tracing.all.map(({ name, attributes, events, links, status, resource }) => ({
        name,
        attributes,
        events,
        links,
        status,
        resource: resource.attributes,
      })),
    )
    expect(text.length).toBeGreaterThan(5_000)
    for (const secret of stack.config.secrets) expect(text).not.toContain(secret)
    for (const part of [
      'in the document',
      'in-the-variable',
      'in-the-header',
      'in the answer',
      'BEGIN',
      'MII',
      'Bearer',
    ])
      expect(text).not.toContain(part)
    expect(Object.keys(Object.assign({}, ...tracing.all.map(({ attributes }) => attributes))).sort()).toEqual([
      'certgraph.complete',
      'certgraph.request_id',
      'error.type',
      'graphql.operation.name',
      'graphql.operation.type',
      'http.request.method',
      'http.request.resend_count',
      'http.response.status_code',
      'server.address',
      'server.port',
      'url.full',
    ])
  })

  it('are not created while no SDK is registered', async () => {
    await tracing.stop()
    expect(activeTracer()).toBeNull()
    await ask(certificates, {}, { traceparent })
    await ask(certificates, {}, { traceparent })
    expect(tracing.all).toEqual([])
    expect(stack.log.at(-1)).toMatchObject({ stored: true })
    expect(stack.log.at(-1)).not.toHaveProperty('traceId')
    tracing = startTracing()
    await ask(certificates)
    expect(servers()).toHaveLength(1)
  })
})
