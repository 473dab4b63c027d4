import { stringify } from 'lossless-json'
import { z } from 'zod'
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
