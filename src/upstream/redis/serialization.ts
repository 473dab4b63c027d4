import { stringify } from 'lossless-json'
import { z } from 'zod'
import type { SharedReading } from '../cache/reading.ts'
import type { SlotEstimate } from '../call/context.ts'
import { maxRetryAfterSeconds, secondsUntil } from '../call/retry-after.ts'
import { type Clock, maxSkew, toElapsed, toWallTime } from '../clock.ts'
import { UpstreamError, type UpstreamErrorCode } from '../error.ts'
import { parseJson } from '../exact-json.ts'
import type { SharedValue } from './value-signer.ts'

// Replicas share wall-clock times. Here they become monotonic times of this process, and the other way round.

const time = z.int().min(0)
const reading = z.object({ readAt: time, missing: z.int().min(0), rows: z.array(z.unknown()) })

/** Serializes a reading with only these fields of its rows, and without `asOf`, which every value has. */
export function serializeReading({ asOf, startedAt, readAt, rows }: SharedReading, fields: readonly string[]): string {
  const text = stringify(rows.rows, [...fields])
  const completedAt = asOf + Math.round(readAt - startedAt)
  return `{"readAt":${completedAt},"missing":${rows.missing},"rows":${text}}`
}

/** Parses a reading. Null when it is malformed or from the future; a small skew counts as an age of zero. */
export function parseReading({ asOf, body }: Pick<SharedValue, 'asOf' | 'body'>, clock: Clock): SharedReading | null {
  const data = parse(reading, body, parseJson)
  const [now, elapsed] = [clock.now(), clock.elapsed()]
  if (!data || data.readAt < asOf || data.readAt > now + maxSkew) return null
  const ageOf = (time: number) => Math.max(0, now - time)
  return {
    rows: { rows: data.rows, missing: data.missing },
    bytes: body.length,
    asOf: now - ageOf(asOf),
    startedAt: elapsed - ageOf(asOf),
    readAt: elapsed - ageOf(data.readAt),
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
const slotEstimate = failure.extend({ at: z.int() })

/** Serializes the error of a failed reading. */
export function serializeFailure(error: UpstreamError): string {
  return JSON.stringify(toFailure(error))
}

/** Parses an error. Null when it is malformed. */
export function parseFailure(text: string): UpstreamError | null {
  const data = parse(failure, text)
  return data && toError(data)
}

/** Serializes the slot that a reading waits for. */
export function serializeSlotEstimate({ at, error }: SlotEstimate, clock: Clock): string {
  return JSON.stringify({ ...toFailure(error()), at: toWallTime(clock, at) })
}

/** Parses a slot. Null when it is malformed or too far away. */
export function parseSlotEstimate(text: string, clock: Clock): SlotEstimate | null {
  const data = parse(slotEstimate, text)
  if (!data || (data.at - clock.now()) / 1000 > maxRetryAfterSeconds) return null
  const at = toElapsed(clock, data.at)
  return { at, error: () => toError({ ...data, retryAfterSeconds: secondsUntil(at, clock.elapsed()) }) }
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

function parse<Value>(
  schema: z.ZodType<Value>,
  text: string,
  toValue: (text: string) => unknown = JSON.parse,
): Value | null {
  try {
    return schema.safeParse(toValue(text)).data ?? null
  } catch {
    return null
  }
}
