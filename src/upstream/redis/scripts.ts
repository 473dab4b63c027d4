import { maxPause } from '../rate-limit/rate-limiter.ts'

/** Begins a script: the time by Redis's own clock, and a look at a key that drops whatever is not of the kind it should be. */
export const prelude = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function expect(kind, key)
  local found = redis.call('TYPE', key).ok
  if found ~= kind and found ~= 'none' then redis.call('DEL', key) end
end
`

/** Does a little of all that the others do, to see whether it is allowed. */
export const probe = `${prelude}
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

/**
 * Writes a call down in every log if all of them have room and no pause holds. KEYS: the pause, then the logs. ARGV: a name
 * for the call, then for each log how many calls its window may hold, and the window. Answers how long to wait, the pause
 * that is left, the time, and the calls in the windows. A call in the future was made before the clock was set back.
 */
export const take = `${prelude}
local pause = math.min(math.max(0, redis.call('PTTL', KEYS[1])), ${maxPause})
local wait = pause
for i = 2, #KEYS do
  local calls, window = ARGV[2 * i - 2], ARGV[2 * i - 1]
  expect('zset', KEYS[i])
  for _, call in ipairs(redis.call('ZRANGEBYSCORE', KEYS[i], now + 1, '+inf')) do
    redis.call('ZADD', KEYS[i], now, call)
  end
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now - window)
  local before = redis.call('ZRANGE', KEYS[i], -calls, -calls, 'WITHSCORES')
  if before[2] then wait = math.max(wait, before[2] + window - now) end
end

local logs = {}
for i = 2, #KEYS do
  if wait == 0 then
    redis.call('ZADD', KEYS[i], now, ARGV[1])
    redis.call('PEXPIRE', KEYS[i], ARGV[2 * i - 1])
  end
  local times = {}
  local calls = redis.call('ZRANGE', KEYS[i], -ARGV[2 * i - 2], -1, 'WITHSCORES')
  for j = 2, #calls, 2 do table.insert(times, calls[j]) end
  table.insert(logs, times)
end
return { math.ceil(wait), pause, now, logs }
`

/** Writes calls down that were made without asking. KEYS: a log. ARGV: its window, then each call's age and name. */
export const write = `${prelude}
expect('zset', KEYS[1])
for i = 2, #ARGV, 2 do redis.call('ZADD', KEYS[1], now - ARGV[i], ARGV[i + 1]) end
return redis.call('PEXPIRE', KEYS[1], ARGV[1])
`

/** Lets a pause hold for so many milliseconds, unless one holds for longer. */
export const pause = `
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], '', 'PX', ARGV[1]) end
return 1
`

/** A longer text would endanger the process that reads it. */
export const longestText = 32 * 1024 * 1024

const read = `
local function read(key)
  expect('string', key)
  return redis.call('STRLEN', key) <= ${longestText} and redis.call('GET', key) or ''
end
`

const beginningOf = `
local function beginningOf(text)
  return tonumber(string.match(text, '^{"asOf":(%d+),'))
end
`

/** The reading under KEYS[1], or nothing. */
export const recall = `${prelude}${read}
return read(KEYS[1])
`

/**
 * What to do for a reading: take the one that is there, heed that it failed, make it, or wait for another replica. KEYS:
 * reading, failure, lease. ARGV: the moment after which a reading must have begun, how long a failure is remembered, how
 * long a lease lasts, and a token to hold it with. What should have gone by itself long ago does not count.
 */
export const begin = `${prelude}${read}${beginningOf}
expect('string', KEYS[1])
local asOf = beginningOf(redis.call('GETRANGE', KEYS[1], 0, 30))
if asOf and asOf > tonumber(ARGV[1]) then return { 'reading', read(KEYS[1]) } end

local remembered = redis.call('PTTL', KEYS[2])
if remembered > 0 and remembered <= tonumber(ARGV[2]) then return { 'failure', read(KEYS[2]) } end

expect('hash', KEYS[3])
local left = redis.call('PTTL', KEYS[3])
if left > 0 and left <= tonumber(ARGV[3]) then return { 'theirs', redis.call('HGET', KEYS[3], 'turn') or '' } end
redis.call('DEL', KEYS[3])
redis.call('HSET', KEYS[3], 'token', ARGV[4])
redis.call('PEXPIRE', KEYS[3], ARGV[3])
return { 'mine', '' }
`

/** Keeps a lease. KEYS: lease. ARGV: its token, how long it lasts, when the turn is foreseen that its reading waits for. */
export const renew = `${prelude}
expect('hash', KEYS[1])
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'turn', ARGV[3])
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`

/**
 * Gives a lease back, and before that keeps what came of it: a reading if none is there that began later, a failure if the
 * lease is still held. KEYS: lease, and where to. ARGV: its token, then what and for how long.
 */
export const finish = `${prelude}${beginningOf}
expect('hash', KEYS[1])
local holds = redis.call('HGET', KEYS[1], 'token') == ARGV[1]
if KEYS[2] then
  expect('string', KEYS[2])
  local began, other = beginningOf(ARGV[2]), beginningOf(redis.call('GETRANGE', KEYS[2], 0, 30))
  local keeps = holds
  if began then keeps = not other or other <= began end
  if keeps then redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3]) end
end
return holds and redis.call('DEL', KEYS[1]) or 0
`

/** Drops what nobody can read. */
export const drop = `return redis.call('DEL', KEYS[1])`
