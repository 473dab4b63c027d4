import { maxKeptText } from '../kept-texts.ts'
import { prelude } from './scripts.ts'

/** More bytes than the longest text has, with its times and its signature. */
const maxBytes = 4 * maxKeptText + 80

/** Texts that are dropped at once. Each text that is set can drop more of them. */
const maxDropped = 100

/**
 * The texts of one kind are the fields of a hash. A sorted set has the same keys by the time at which they were set. When the
 * two differ, something else has changed them.
 */
const texts = `
local function drop(keys)
  for _, key in ipairs(keys) do
    redis.call('HDEL', KEYS[1], key)
    redis.call('ZREM', KEYS[2], key)
  end
end

expect('hash', KEYS[1])
expect('zset', KEYS[2])
if redis.call('HLEN', KEYS[1]) ~= redis.call('ZCARD', KEYS[2]) then redis.call('DEL', KEYS[1], KEYS[2]) end
`

/** Returns a text; empty without one. KEYS: the texts, and their order. ARGV: the key of the text. */
export const getText = `${prelude}${texts}
if redis.call('HSTRLEN', KEYS[1], ARGV[1]) > ${maxBytes} then drop({ ARGV[1] }) end
return redis.call('HGET', KEYS[1], ARGV[1]) or ''
`

/**
 * Sets a text, and drops others that are too old or too many. KEYS: the texts, and their order. ARGV: the key of the text,
 * the text, how many are kept, and how long in milliseconds.
 */
export const setText = `${prelude}${texts}
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], now, ARGV[1])
drop(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now - ARGV[4], 'LIMIT', 0, ${maxDropped}))
local over = math.min(redis.call('ZCARD', KEYS[2]) - ARGV[3], ${maxDropped})
if over > 0 then drop(redis.call('ZRANGE', KEYS[2], 0, over - 1)) end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return redis.call('PEXPIRE', KEYS[2], ARGV[4])
`

/** Removes a text. KEYS: the texts, and their order. ARGV: the key of the text, and the text if no other one is to go. */
export const removeText = `${prelude}${texts}
if ARGV[2] and redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
drop({ ARGV[1] })
return 1
`
