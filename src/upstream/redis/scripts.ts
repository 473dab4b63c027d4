// Lua scripts. Each one runs atomically. Redis's own clock counts in them: replicas need no common clock.

/** What a script returns for a text that no replica has written. */
const malformed = 'malformed'

/**
 * Defines `now`, in milliseconds; `expect`, which deletes a key that holds another type of value; and `printable`, which
 * replaces a text that would not survive the conversion to a string of this program.
 */
export const prelude = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function expect(kind, key)
  local found = redis.call('TYPE', key).ok
  if found ~= kind and found ~= 'none' then redis.call('DEL', key) end
end

local function printable(text)
  return string.find(text, '[^\\32-\\126]') and '${malformed}' or text
end
`

/** Runs every command that the other scripts use, to find out whether all of them are allowed. */
export const probe = `${prelude}
expect('zset', KEYS[1])
redis.call('ZADD', KEYS[1], now, 'now')
redis.call('ZRANGEBYSCORE', KEYS[1], now, '+inf')
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - 1)
redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
redis.call('ZCARD', KEYS[1])
redis.call('ZREM', KEYS[1], 'now')
expect('hash', KEYS[1])
redis.call('HSET', KEYS[1], 'token', '')
redis.call('HGET', KEYS[1], 'token')
redis.call('HGETALL', KEYS[1])
redis.call('HSTRLEN', KEYS[1], 'token')
redis.call('HLEN', KEYS[1])
redis.call('HDEL', KEYS[1], 'none')
redis.call('PEXPIRE', KEYS[1], 1000)
expect('string', KEYS[1])
redis.call('SET', KEYS[1], '', 'PX', 1000)
redis.call('GET', KEYS[1])
redis.call('GETRANGE', KEYS[1], 0, 0)
redis.call('STRLEN', KEYS[1])
return redis.call('PTTL', KEYS[1])
`

export const deleteKeys = `return redis.call('DEL', unpack(KEYS))`
