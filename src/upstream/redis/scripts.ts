/** Begins a script: the time by Redis's own clock, and a look at a key that drops whatever is not of the kind it should be. */
export const beginning = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function expect(kind, key)
  local found = redis.call('TYPE', key).ok
  if found ~= kind and found ~= 'none' then redis.call('DEL', key) end
end
`

/** Does a little of all that the others do, to see whether it is allowed. */
export const tryOut = `${beginning}
expect('zset', KEYS[1])
redis.call('ZADD', KEYS[1], now, 'now')
redis.call('ZRANGEBYSCORE', KEYS[1], now, '+inf')
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - 1)
redis.call('ZRANGE', KEYS[1], -1, -1, 'WITHSCORES')
expect('hash', KEYS[1])
redis.call('HSET', KEYS[1], 'token', '')
redis.call('HGET', KEYS[1], 'token')
redis.call('PEXPIRE', KEYS[1], 1000)
expect('string', KEYS[1])
redis.call('SET', KEYS[1], '', 'PX', 1000)
redis.call('GET', KEYS[1])
redis.call('GETRANGE', KEYS[1], 0, 0)
redis.call('STRLEN', KEYS[1])
return redis.call('PTTL', KEYS[1])
`
