import { beforeEach, describe, expect, it } from '@jest/globals'
import { anonymous } from '../../../src/providers/liveperson/domain.ts'
import type { LivePersonResource } from '../../../src/providers/liveperson/limits.ts'
import { createTokenSource, type TokenSource } from '../../../src/providers/liveperson/token.ts'
import { createRateLimiter, ResiliencePipeline } from '../../../src/upstream/call/resilience-pipeline.ts'
import type { UpstreamDependencies } from '../../../src/upstream/dependencies.ts'
import type { OutgoingRequest } from '../../../src/upstream/transport.ts'
import { createCallContext } from '../../support/call-context.ts'
import { idleUpstream } from '../../support/idle-upstream.ts'
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts'

const place = { id: 'le1', name: null, baseUrl: null }
const context = createCallContext()
const pipelineOn = (upstream: UpstreamDependencies) =>
  new ResiliencePipeline(
    upstream,
    anonymous,
    createRateLimiter<LivePersonResource>(upstream, { parts: ['LIVEPERSON'], secret: 'hush-hush' }),
  )
const credentials = { clientId: 'client', clientSecret: 'secret' }

/** The responses in order; the last one is repeated. */
let responses: object[]
let requests: OutgoingRequest[]
let clock: ManualClock
let tokens: TokenSource

beforeEach(() => {
  responses = [{ access_token: 'first', expires_in: 3600 }]
  requests = []
  clock = createManualClock()
  const send = async (request: OutgoingRequest) => {
    requests.push(request)
    const body = responses.length > 1 ? responses.shift() : responses[0]
    const text = JSON.stringify(body)
    return { status: 200, header: () => undefined, text, bytes: text.length }
  }
  const upstream = { ...idleUpstream, clock, transport: { ...idleUpstream.transport, send } }
  const config = { ...place, auth: credentials }
  tokens = createTokenSource(config, {
    lookup: Object.assign(async () => 'https://a.example', { needsCall: () => true }),
    pipeline: pipelineOn(upstream),
    upstream,
  })
})

describe('a token made from client credentials', () => {
  it('is requested once for concurrent callers', async () => {
    const received = await Promise.all([tokens.token(context), tokens.token(context), tokens.token(context)])
    expect(received).toEqual(['first', 'first', 'first'])
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST https://a.example/sentinel/api/v2/account/le1/app/token',
    ])
  })

  it('is dropped when it is rejected, but not when an older one is rejected', async () => {
    responses = [{ access_token: 'first' }, { access_token: 'second' }]
    const first = await tokens.token(context)
    expect(tokens.discard(first)).toBe(true)
    expect(await tokens.token(context)).toBe('second')
    expect(tokens.discard(first)).toBe(true)
    expect(await tokens.token(context)).toBe('second')
    expect(requests).toHaveLength(2)
  })

  it.each([0, -5])('with a lifetime of %d seconds is used once', async (expires_in) => {
    responses = [{ access_token: 'first', expires_in }]
    expect([await tokens.token(context), await tokens.token(context)]).toEqual(['first', 'first'])
    expect(requests).toHaveLength(2)
  })

  it('has the lifetime from the response even if its exp claim is earlier', async () => {
    const claims = Buffer.from(JSON.stringify({ exp: clock.now() / 1000 + 10 })).toString('base64url')
    responses = [{ access_token: `a.${claims}.c`, expires_in: 3600 }]
    await tokens.token(context)
    clock.advance(3_539_000)
    await tokens.token(context)
    expect(requests).toHaveLength(1)
    clock.advance(1000)
    await tokens.token(context)
    expect(requests).toHaveLength(2)
  })

  it('is used until it is rejected when its exp claim has passed, because the clocks may differ', async () => {
    const claims = Buffer.from(JSON.stringify({ exp: clock.now() / 1000 - 3600 })).toString('base64url')
    responses = [{ access_token: `a.${claims}.c` }]
    await tokens.token(context)
    clock.advance(86_400_000)
    await tokens.token(context)
    expect(requests).toHaveLength(1)
  })

  it('is redacted, and so is its client secret', async () => {
    await tokens.token(context)
    expect(tokens.secrets()).toEqual(expect.arrayContaining(['secret', 'first']))
  })
})

it('a configured token is never replaced', async () => {
  const config = { ...place, auth: { token: 'given' } }
  const upstream = idleUpstream
  const lookup = Object.assign(async () => '', { needsCall: () => true })
  const configured = createTokenSource(config, { lookup, pipeline: pipelineOn(upstream), upstream })
  expect(await configured.token(context)).toBe('given')
  expect(configured.discard('given')).toBe(false)
  expect(await configured.token(context)).toBe('given')
  expect(configured.secrets()).toEqual(['given'])
})
