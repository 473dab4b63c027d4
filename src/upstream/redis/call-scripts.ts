import { prelude } from './scripts.ts'

/** No signed text of a pause is longer. */
const maxPauseLength = 512
/** Entries that are corrected at once: a window has far fewer calls. */
const maxCorrected = 1_000
/** Resources that a vendor may have. */
const maxResources = 1_000

const readPause = `
local function readPause(key, resource)
  expect('hash', key)
  if redis.call('HSTRLEN', key, resource) > ${maxPauseLength} then return 'malformed' end
  return printable(redis.call('HGET', key, resource) or '')
end

local function writePause(key, resource, text, ttl)
  if text == '' then redis.call('HDEL', key, resource) else redis.call('HSET', key, resource, text) end
  if redis.call('PTTL', key) < tonumber(ttl) then redis.call('PEXPIRE', key, ttl) end
end
`

/**
 * Defines `readEpoch`. A log of calls has one entry with the time 0, its epoch: the time at which the log began, and a random
 * part. It is lost with the log. Previous versions delete it when they use the log: a log with calls and without an epoch
 * gets one that began long ago.
 */
const epoch = `
local function readEpoch(log, random, ttl)
  local found = redis.call('ZRANGEBYSCORE', log, 0, 0, 'LIMIT', 0, 1)[1]
  if found then return found end
  local began = redis.call('ZCARD', log) == 0 and now or 0
  found = string.format('%.0f:%s', began, random)
  redis.call('ZADD', log, 0, found)
  redis.call('PEXPIRE', log, ttl)
  return found
end
`

/**
 * Records a call in every window if all of them have room and no pause is in force. KEYS: the pauses, then the windows.
 * ARGV: an object in JSON with the `id` of the call, its `resource`, the text of a pause that is `over`, its `replacement`
 * and `pausesTtl`, the `random` part of a new epoch, and the `windows`: the `calls` that each may hold, its `length`, its
 * `ttl`, and whether it `hasEpoch`.
 *
 * Returns what was done, the time to wait, the time, the text of the pause, and the epoch and the calls of each window.
 * Redis has no monotonic time: a call in the future was recorded before its clock was set back, and counts as made now.
 */
export const acquireSlot = `${prelude}${readPause}${epoch}
local call = cjson.decode(ARGV[1])
local pause = readPause(KEYS[1], call.resource)
local wait, epochs = 0, {}
for i, window in ipairs(call.windows) do
  local log = KEYS[i + 1]
  expect('zset', log)
  redis.call('ZREMRANGEBYSCORE', log, '(0', now - window.length)
  redis.call('ZREMRANGEBYSCORE', log, '-inf', '(0')
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', log, now + 1, '+inf', 'LIMIT', 0, ${maxCorrected})) do
    redis.call('ZADD', log, now, id)
  end
  epochs[i] = window.hasEpoch and readEpoch(log, call.random, window.ttl) or ''
  local previous = redis.call('ZRANGE', log, -window.calls, -window.calls, 'WITHSCORES')
  if previous[2] then wait = math.max(wait, previous[2] + window.length - now) end
end

local result = pause ~= call.over and 'paused' or wait > 0 and 'full' or 'recorded'
if result == 'recorded' and pause ~= '' then writePause(KEYS[1], call.resource, call.replacement, call.pausesTtl) end
local windows = {}
for i, window in ipairs(call.windows) do
  local log = KEYS[i + 1]
  if result == 'recorded' then
    redis.call('ZADD', log, now, call.id)
    redis.call('PEXPIRE', log, window.ttl)
  end
  local times = {}
  local entries = redis.call('ZRANGE', log, -window.calls, -1, 'WITHSCORES')
  for j = 2, #entries, 2 do
    if tonumber(entries[j]) > 0 then table.insert(times, entries[j]) end
  end
  windows[i] = { epochs[i], times }
end
return { result, math.ceil(wait), now, pause, windows }
`

/** Returns the time and the epochs of logs. KEYS: the logs. ARGV: the random part of a new epoch, and how long logs are kept. */
export const joinLogs = `${prelude}${epoch}
local epochs = {}
for i, log in ipairs(KEYS) do
  expect('zset', log)
  epochs[i] = readEpoch(log, ARGV[1], ARGV[2])
end
return { now, epochs }
`

/**
 * Records calls that are not in a log: they were made without Redis, or the log was lost. KEYS: a log. ARGV: the random part
 * of a new epoch, how long logs are kept, the id of a recorded call that is not made, then the age and the id of each call.
 * Returns the time.
 */
export const recordCalls = `${prelude}${epoch}
expect('zset', KEYS[1])
redis.call('ZREM', KEYS[1], ARGV[3])
readEpoch(KEYS[1], ARGV[1], ARGV[2])
for i = 4, #ARGV, 2 do redis.call('ZADD', KEYS[1], now - ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return now
`

/**
 * Replaces the text of a pause and returns the one that is there then. KEYS: the pauses. ARGV: the resource, the text that is
 * replaced, empty for none, the new text, empty to delete it, and how long the pauses are kept.
 */
export const replacePause = `${prelude}${readPause}
local current = readPause(KEYS[1], ARGV[1])
if current ~= ARGV[2] then return current end
writePause(KEYS[1], ARGV[1], ARGV[3], ARGV[4])
return ARGV[3]
`

/** Deletes all pauses, and returns their resources and texts. KEYS: the pauses. */
export const deletePauses = `${prelude}
expect('hash', KEYS[1])
local found = redis.call('HLEN', KEYS[1]) <= ${maxResources} and redis.call('HGETALL', KEYS[1]) or {}
redis.call('DEL', KEYS[1])
local pauses = {}
for i = 1, #found, 2 do table.insert(pauses, { printable(found[i]), printable(found[i + 1]) }) end
return pauses
`
