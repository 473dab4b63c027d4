import { z } from 'zod'
import { isLoopback } from './loopback.ts'
import { mapping } from './mapping.ts'
import type { Mistakes } from './mistakes.ts'
import { wholeNumber } from './quantities.ts'
import { expected } from './wording.ts'

/** What replicas share their budgets and readings through, and how many of them there are. */
export interface RedisConfig {
  /** Holds a password: a secret. */
  readonly url: string
  readonly replicas: number
}

const urlExpected = expected('a URL such as rediss://user:password@redis.example.com:6379/0')

/** No query: it could set what is never to be set from a URL, such as that no certificate is looked at. */
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

/** `redis:` in the file. The sandbox keeps to itself: what is invented must not reach those who read the truth. */
export function parseRedis(value: unknown, mode: 'live' | 'sandbox', mistakes: Mistakes): RedisConfig | null {
  const redis = mistakes.read(section, value, ['redis'])
  return redis && mode === 'live' ? redis : null
}

/** The URL, and its password as it stands there and as it is sent. */
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
