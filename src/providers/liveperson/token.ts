import { createSendCall } from '../../upstream/call/call.ts'
import type { CallContext, SlotEstimate } from '../../upstream/call/context.ts'
import type { ResiliencePipeline } from '../../upstream/call/resilience-pipeline.ts'
import { type Clock, toElapsed } from '../../upstream/clock.ts'
import type { UpstreamDependencies } from '../../upstream/dependencies.ts'
import { upstreamUrl } from '../../upstream/url.ts'
import type { LivePersonAccountConfig } from './config.ts'
import { anonymous, type DomainLookup } from './domain.ts'
import type { LivePersonResource } from './limits.ts'
import { parseToken, type WireToken } from './wire.ts'

/** The source of an account's bearer token. */
export interface TokenSource {
  /** A valid token; requested from the vendor if there is none. */
  token(context: CallContext): Promise<string>
  /** The resources of the calls that the next token needs. */
  preparations(): readonly string[]
  /** Discards a token that the vendor has rejected. Returns whether a new one can be requested. */
  discard(token: string): boolean
  /** Values that must not appear in a message. */
  secrets(): readonly string[]
}

interface Grant {
  readonly token: string
  /** The monotonic time at which it is replaced. */
  readonly replaceAt: number
}

/** Milliseconds before the end of a token at which it is replaced. */
const expiryMargin = 60_000

/** A configured token, or one that is requested with client credentials and replaced before it expires. */
export function createTokenSource(
  config: LivePersonAccountConfig,
  {
    lookup,
    pipeline,
    upstream,
  }: {
    readonly lookup: DomainLookup
    readonly pipeline: ResiliencePipeline<LivePersonResource>
    readonly upstream: UpstreamDependencies
  },
): TokenSource {
  const { auth } = config
  if ('token' in auth) {
    return { token: async () => auth.token, preparations: () => [], discard: () => false, secrets: () => [auth.token] }
  }
  const { clientId, clientSecret } = auth
  const call = createSendCall(
    { ...anonymous, account: config.id, secrets: () => [clientSecret, clientId] },
    pipeline,
    upstream,
  )
  let grant: Grant | null = null
  let pending: Promise<Grant> | null = null
  /** The readings that wait for the token, and the slot that its call waits for. */
  const waiting = new Set<CallContext>()
  let slot: SlotEstimate | null = null

  /** https://developers.liveperson.com/oauth-2-0-client-credentials.html */
  async function request(context: CallContext): Promise<Grant> {
    // The call continues when the reading that started it is aborted: the next reading needs the token too.
    const shared: CallContext = {
      ...context,
      signal: AbortSignal.any([]),
      onResponse: () => {},
      onQueued(estimate) {
        slot = estimate
        for (const each of waiting) each.onQueued(estimate)
      },
    }
    const base = await lookup(config.id, 'sentinel', shared)
    const answer = await call({
      resource: 'tokens',
      what: `a token for ${config.id}`,
      method: 'POST',
      url: upstreamUrl(base, '/sentinel/api/v2/account/{accountId}/app/token', { accountId: config.id }),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        client_id: clientId,
        client_secret: clientSecret,
        grant_type: 'client_credentials',
      }).toString(),
      context: shared,
      parse: parseToken,
    })
    grant = toGrant(answer, upstream.clock)
    return grant
  }

  return {
    async token(context) {
      if (grant && upstream.clock.elapsed() < grant.replaceAt) return grant.token
      waiting.add(context)
      if (pending && slot) context.onQueued(slot)
      pending ??= request(context).finally(() => {
        pending = null
        slot = null
      })
      try {
        return (await pending).token
      } finally {
        waiting.delete(context)
      }
    },
    preparations() {
      if (pending || (grant && upstream.clock.elapsed() < grant.replaceAt)) return []
      return lookup.needsCall(config.id, 'sentinel') ? ['domains', 'tokens'] : ['tokens']
    },
    discard(token) {
      if (grant?.token === token) grant = null
      return true
    },
    secrets: () => [clientSecret, clientId, ...(grant ? [grant.token] : [])],
  }
}

/**
 * `expires_in` may be missing. Then the token's own `exp` counts, and a token without one is used until it is rejected. So is
 * a new token whose `exp` has passed: our clock is ahead of the vendor's.
 */
function toGrant({ access_token: token, expires_in: seconds }: WireToken, clock: Clock): Grant {
  const now = clock.elapsed()
  const ownEnd = toElapsed(clock, expiryOfJwt(token))
  const unstated = ownEnd > now ? ownEnd : Number.POSITIVE_INFINITY
  const endsAt = seconds === null ? unstated : now + seconds * 1000
  return { token, replaceAt: endsAt - Math.min(expiryMargin, (endsAt - now) / 2) }
}

function expiryOfJwt(token: string): number {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())
    const seconds = Object(claims).exp
    return typeof seconds === 'number' ? seconds * 1000 : Number.POSITIVE_INFINITY
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
