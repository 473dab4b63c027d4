import { z } from 'zod'

const dated = z.object({ at: z.number(), value: z.unknown() })

/** A value with the wall-clock time at which it was kept. */
export type Dated = z.infer<typeof dated>

export function datedText(at: number, value: unknown): string {
  return JSON.stringify({ at, value })
}

/** Null when there is no such text, or another version has written it. */
export function parseDated(text: string | null): Dated | null {
  if (text === null) return null
  try {
    return dated.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}
