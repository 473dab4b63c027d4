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
  /** Signs what is kept for long. It outlives the credentials of the vendors. Absent: nothing is kept for long. */
  readonly secret?: string | undefined
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

/** Characters of the shortest secret: 24 random bytes in base64. */
const minSecretLength = 32
const maxSecretLength = 1_024

const secretExpected = `${minSecretLength} to ${maxSecretLength} characters without spaces, such as the output of openssl rand -base64 32`

/** A message says how long the secret is, and never what it is. */
const secret = z.string(expected(secretExpected)).superRefine((text, context) => {
  if (text === '' || /\s/.test(text)) context.addIssue(expected(secretExpected).error({ input: text }))
  else if (text.length < minSecretLength || text.length > maxSecretLength)
    context.addIssue(`has ${text.length} characters; expected ${secretExpected}`)
})

const isPassword = 'is the password of redis.url; expected another text'

const section = mapping({ url, replicas: wholeNumber(1, 100), secret: secret.optional() })
  .superRefine(
    (redis, context) => {
      if (redis.secret !== undefined && passwordsOf(redis).includes(redis.secret))
        context.addIssue({ code: 'custom', path: ['secret'], message: isPassword })
    },
    { when: ({ issues }) => issues.length === 0 },
  )
  .optional()

/** Parses `redis:`. Null in the sandbox, so that its invented readings never reach a live replica. */
export function parseRedis(value: unknown, mode: 'live' | 'sandbox', mistakes: Mistakes): RedisConfig | null {
  const redis = mistakes.read(section, value, ['redis'])
  return redis && mode === 'live' ? redis : null
}

/** Returns the URL, its password, encoded and decoded, and the secret. */
export function secretsOfRedis(redis: RedisConfig): readonly string[] {
  return [redis.url, ...passwordsOf(redis), redis.secret ?? ''].filter(Boolean)
}

function passwordsOf({ url }: Pick<RedisConfig, 'url'>): readonly string[] {
  const { password } = new URL(url)
  return [password, decodeURIComponent(password)]
}

function canDecode(text: string): boolean {
  try {
    return decodeURIComponent(text) !== undefined
  } catch {
    return false
  }
}
