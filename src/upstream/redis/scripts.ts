import { maxPause } from '../rate-limit/rate-limiter.ts'

// Lua scripts. Each one runs atomically. Redis's own clock counts in them: replicas need no common clock.

/** Defines `now`, in milliseconds, and `expect`, which deletes a key that holds another type of value. */
const prelude = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function expect(kind, key)
  local found = redis.call('TYPE', key).ok
  if found ~= kind and found ~= 'none' then redis.call('DEL', key) end
end
`

/** Runs every command that the other scripts use, to find out whether all of them are allowed. */
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
 * Records a call in every window if all of them have room and no pause is in force. KEYS: the pause, then the windows.
 * ARGV: an id of the call, then for each window the number of calls it may hold and its length. Returns the time to wait,
 * the time left of the pause, the time, and the calls in the windows. Redis has no monotonic time: a call in the future was
 * recorded before its clock was set back, and counts as made now.
 */
export const acquireSlot = `${prelude}
local pause = math.min(math.max(0, redis.call('PTTL', KEYS[1])), ${maxPause})
local wait = pause
for i = 2, #KEYS do
  local calls, window = ARGV[2 * i - 2], ARGV[2 * i - 1]
  expect('zset', KEYS[i])
  for _, call in ipairs(redis.call('ZRANGEBYSCORE', KEYS[i], now + 1, '+inf')) do
    redis.call('ZADD', KEYS[i], now, call)
  end
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now - window)
  local previous = redis.call('ZRANGE', KEYS[i], -calls, -calls, 'WITHSCORES')
  if previous[2] then wait = math.max(wait, previous[2] + window - now) end
end

local windows = {}
for i = 2, #KEYS do
  if wait == 0 then
    redis.call('ZADD', KEYS[i], now, ARGV[1])
    redis.call('PEXPIRE', KEYS[i], ARGV[2 * i - 1])
  end
  local times = {}
  local calls = redis.call('ZRANGE', KEYS[i], -ARGV[2 * i - 2], -1, 'WITHSCORES')
  for j = 2, #calls, 2 do table.insert(times, calls[j]) end
  table.insert(windows, times)
end
return { math.ceil(wait), pause, now, windows }
`

/** Records calls that were made without Redis. KEYS: a window. ARGV: its length, then the age and the id of each call. */
export const recordCalls = `${prelude}
expect('zset', KEYS[1])
for i = 2, #ARGV, 2 do redis.call('ZADD', KEYS[1], now - ARGV[i], ARGV[i + 1]) end
return redis.call('PEXPIRE', KEYS[1], ARGV[1])
`

/** Pauses a resource for some milliseconds, unless a longer pause is in force. */
export const pauseResource = `
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], '', 'PX', ARGV[1]) end
return 1
`

/** The length of a text that a process can read without running out of memory. */
export const maxTextLength = 32 * 1024 * 1024

const read = `
local function read(key)
  expect('string', key)
  return redis.call('STRLEN', key) <= ${maxTextLength} and redis.call('GET', key) or ''
end
`

const readAsOf = `
local function readAsOf(text)
  return tonumber(string.match(text, '^{"asOf":(%d+),'))
end
`

/** Returns the reading at KEYS[1], or an empty text. */
export const getReading = `${prelude}${read}
return read(KEYS[1])
`

/**
 * Decides what to do for a reading: use the one that is there, fail as it failed, make it, or wait for another replica.
 * KEYS: reading, failure, lease. ARGV: the time after which a reading must have started, how long a failure is kept, how
 * long a lease lasts, and a token for the lease. A key whose time to live is longer than that was written before Redis's
 * clock was set back, and does not count.
 */
export const beginReading = `${prelude}${read}${readAsOf}
expect('string', KEYS[1])
local asOf = readAsOf(redis.call('GETRANGE', KEYS[1], 0, 30))
if asOf and asOf > tonumber(ARGV[1]) then return { 'reading', read(KEYS[1]) } end

local remembered = redis.call('PTTL', KEYS[2])
if remembered > 0 and remembered <= tonumber(ARGV[2]) then return { 'failure', read(KEYS[2]) } end

expect('hash', KEYS[3])
local left = redis.call('PTTL', KEYS[3])
if left > 0 and left <= tonumber(ARGV[3]) then return { 'theirs', redis.call('HGET', KEYS[3], 'slot') or '' } end
redis.call('DEL', KEYS[3])
redis.call('HSET', KEYS[3], 'token', ARGV[4])
redis.call('PEXPIRE', KEYS[3], ARGV[3])
return { 'mine', '' }
`

/** Renews a lease. KEYS: the lease. ARGV: its token, how long it lasts, and the slot that its reading waits for. */
export const renewLease = `${prelude}
expect('hash', KEYS[1])
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'slot', ARGV[3])
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`

/**
 * Stores the result of a reading and releases its lease. A reading is stored if none that started later is there, a failure
 * if the lease is still held. KEYS: the lease, and the key of the result. ARGV: the token, the result, and its time to live.
 */
export const releaseLease = `${prelude}${readAsOf}
expect('hash', KEYS[1])
local holds = redis.call('HGET', KEYS[1], 'token') == ARGV[1]
if KEYS[2] then
  expect('string', KEYS[2])
  local asOf, other = readAsOf(ARGV[2]), readAsOf(redis.call('GETRANGE', KEYS[2], 0, 30))
  local stores = holds
  if asOf then stores = not other or other <= asOf end
  if stores then redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3]) end
end
return holds and redis.call('DEL', KEYS[1]) or 0
`

export const deleteKeys = `return redis.call('DEL', unpack(KEYS))`

/** Returns the id of the last change at KEYS[1], or an empty text. An id is never longer than this. */
export const readChange = `${prelude}
expect('string', KEYS[1])
return redis.call('GETRANGE', KEYS[1], 0, 63)
`

/** Stores the id of a change. ARGV: the id, and its time to live. */
export const writeChange = `return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])`

/** Stores the id of a change if there is none. */
export const writeChangeIfAbsent = `return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2], 'NX')`
