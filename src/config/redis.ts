import { z } from 'zod'
import { isLoopback } from './loopback.ts'
import { mapping } from './mapping.ts'
import type { Mistakes } from './mistakes.ts'
import { wholeNumber } from './quantities.ts'
import { expected } from './wording.ts'

/** The Redis through which replicas share rate limits and readings. */
export interface RedisConfig {
  /** May contain a password: a secret. */
  readonly url: string
  /** The number of replicas. */
  readonly replicas: number
}

const urlExpected = expected('a URL such as rediss://user:password@redis.example.com:6379/0')

/** A query is not allowed: ioredis takes options from it, such as one that skips the check of the server's certificate. */
const url = z
  .string(urlExpected)
  .regex(/^[^?#]*$/, { ...urlExpected, error: 'has a query or a fragment; expected a URL without them' })
  .refine((text) => /^rediss?:\/\/[^\s\\]+$/i.test(text) && URL.canParse(text), urlExpected)
  .superRefine(
    (text, context) => {
      const { protocol, hostname, username, password, pathname } = new URL(text)
      const isPlain = hostname !== '' && /^(\/\d{0,4})?$/.test(pathname) && canDecode(username) && canDecode(password)
      if (!isPlain) context.addIssue(urlExpected.error({ input: text }))
      else if (protocol === 'redis:' && !isLoopback(hostname))
        context.addIssue('redis:// to another machine; expected rediss:// (redis:// is for loopback addresses)')
    },
    { when: ({ issues }) => issues.length === 0 },
  )

const section = mapping({ url, replicas: wholeNumber(1, 100) }).optional()

/** Parses `redis:`. Null in the sandbox, so that its invented readings never reach a live replica. */
export function parseRedis(value: unknown, mode: 'live' | 'sandbox', mistakes: Mistakes): RedisConfig | null {
  const redis = mistakes.read(section, value, ['redis'])
  return redis && mode === 'live' ? redis : null
}

/** Returns the URL and its password, encoded and decoded. */
export function secretsOfRedis({ url }: RedisConfig): readonly string[] {
  const { password } = new URL(url)
  return [url, password, decodeURIComponent(password)].filter(Boolean)
}

function canDecode(text: string): boolean {
  try {
    return decodeURIComponent(text) !== undefined
  } catch {
    return false
  }
}
