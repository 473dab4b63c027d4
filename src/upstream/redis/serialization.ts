import { stringify } from 'lossless-json'
import { z } from 'zod'
import type { SlotEstimate } from '../call/context.ts'
import { maxRetryAfterSeconds, secondsUntil } from '../call/retry-after.ts'
import { UpstreamError, type UpstreamErrorCode } from '../error.ts'
import { parseJson } from '../exact-json.ts'
import type { SharedReading } from '../replicas.ts'

/** Clocks of replicas differ by no more than this, or their readings are of no use to each other. */
const longestSkew = 5_000

const time = z.int().min(0)
const written = z.object({ asOf: time, readAt: time, missing: z.int().min(0), rows: z.array(z.unknown()) })

/** A reading as replicas hand it on, with these fields of its rows alone. Its moment comes first, where a script looks for it. */
export function serializeReading({ asOf, readAt, rows }: SharedReading, fields: readonly string[]): string {
  const text = stringify(rows.rows, [...fields])
  return `{"asOf":${asOf},"readAt":${readAt},"missing":${rows.missing},"rows":${text}}`
}

/** A reading that anybody may have written; null for what is none, or is from a time to come. */
export function parseReading(text: string, now: number): SharedReading | null {
  const { data } = written.safeParse(parseOrNull(text))
  if (!data || data.readAt < data.asOf || data.readAt > now + longestSkew) return null
  const { asOf, readAt, missing, rows } = data
  return { rows: { rows, missing }, asOf: Math.min(asOf, now), readAt: Math.min(readAt, now) }
}

function parseOrNull(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return null
  }
}

const codes: Readonly<Record<UpstreamErrorCode, true>> = {
  UPSTREAM_UNAUTHENTICATED: true,
  UPSTREAM_FORBIDDEN: true,
  UPSTREAM_NOT_FOUND: true,
  UPSTREAM_CONFLICT: true,
  UPSTREAM_INVALID_REQUEST: true,
  UPSTREAM_RATE_LIMITED: true,
  UPSTREAM_UNAVAILABLE: true,
  UPSTREAM_TIMEOUT: true,
  UPSTREAM_MALFORMED_RESPONSE: true,
  UPSTREAM_CIRCUIT_OPEN: true,
}

const isCode = (value: unknown) => typeof value === 'string' && Object.hasOwn(codes, value)

const failure = z.object({
  code: z.custom<UpstreamErrorCode>(isCode),
  message: z.string().max(1_000),
  httpStatus: z.int().min(100).max(599).optional(),
  retryAfterSeconds: z.int().min(0).max(maxRetryAfterSeconds).optional(),
})
const turn = failure.extend({ at: z.int() })

/** Why a reading failed, as replicas hand it on. */
export function serializeFailure(error: UpstreamError): string {
  return JSON.stringify(toFailure(error))
}

/** Null for what is none. */
export function parseFailure(text: string): UpstreamError | null {
  const data = parse(failure, text)
  return data && toError(data)
}

/** When the turn comes that a reading waits for, and what to tell those who can't. */
export function serializeSlotEstimate({ at, error }: SlotEstimate): string {
  return JSON.stringify({ ...toFailure(error()), at })
}

/** Null for what is none. */
export function parseSlotEstimate(text: string, now: () => number): SlotEstimate | null {
  const data = parse(turn, text)
  if (!data || (data.at - now()) / 1000 > maxRetryAfterSeconds) return null
  const { at, ...told } = data
  return { at, error: () => toError({ ...told, retryAfterSeconds: secondsUntil(at, now()) }) }
}

function toFailure({
  code,
  message,
  details: { httpStatus, retryAfterSeconds },
}: UpstreamError): z.infer<typeof failure> {
  return { code, message, httpStatus, retryAfterSeconds }
}

function toError({ code, message, httpStatus, retryAfterSeconds }: z.infer<typeof failure>): UpstreamError {
  return new UpstreamError(code, message, {
    ...(httpStatus !== undefined && { httpStatus }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  })
}

function parse<Value>(schema: z.ZodType<Value>, text: string): Value | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
