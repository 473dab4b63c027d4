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
 * Defines `readEpoch` and `writeEpoch`. A log of calls has one entry with the time 0, its epoch: it is random, and lost with
 * the log. Previous versions delete it when they use the log.
 */
const epoch = `
local function readEpoch(log)
  return redis.call('ZRANGEBYSCORE', log, 0, 0, 'LIMIT', 0, 1)[1]
end

local function writeEpoch(log, epoch, ttl)
  redis.call('ZADD', log, 0, epoch)
  redis.call('PEXPIRE', log, ttl)
  return epoch
end
`

/**
 * Records a call in every window if all of them have room, no pause is in force, and no log was lost. KEYS: the pauses, then
 * the windows. ARGV: the id of the call, its resource, the text of a pause that is over, the text that replaces it and how
 * long the pauses are kept, the epoch of a new log and how long logs are kept; then for each window the number of calls it
 * may hold, its length, and the epoch that is known, empty for none, or `-` for a window without epochs.
 *
 * Returns what was done, the time to wait, the time, the calls in the windows, their epochs, and the text of the pause.
 * Redis has no monotonic time: a call in the future was recorded before its clock was set back, and counts as made now.
 */
export const acquireSlot = `${prelude}${readPause}${epoch}
local pause = readPause(KEYS[1], ARGV[2])
local result, wait, epochs = 'recorded', 0, {}
for i = 2, #KEYS do
  local log, calls, window, known = KEYS[i], ARGV[3 * i + 2], ARGV[3 * i + 3], ARGV[3 * i + 4]
  expect('zset', log)
  redis.call('ZREMRANGEBYSCORE', log, '(0', now - window)
  redis.call('ZREMRANGEBYSCORE', log, '-inf', '(0')
  for _, call in ipairs(redis.call('ZRANGEBYSCORE', log, now + 1, '+inf', 'LIMIT', 0, ${maxCorrected})) do
    redis.call('ZADD', log, now, call)
  end
  local found = ''
  if known ~= '-' then
    found = readEpoch(log)
    if not found then
      if known ~= '' and redis.call('ZCARD', log) == 0 then result = 'lost' end
      found = writeEpoch(log, ARGV[6], ARGV[7])
    elseif known ~= '' and known ~= found then
      result = 'lost'
    end
  end
  table.insert(epochs, found)
  local previous = redis.call('ZRANGE', log, -calls, -calls, 'WITHSCORES')
  if previous[2] then wait = math.max(wait, previous[2] + window - now) end
end
if result ~= 'lost' then
  if pause ~= ARGV[3] then result = 'paused' elseif wait > 0 then result = 'full' end
end

local windows = {}
if result == 'recorded' and pause ~= '' then writePause(KEYS[1], ARGV[2], ARGV[4], ARGV[5]) end
for i = 2, #KEYS do
  local log, calls, window, known = KEYS[i], ARGV[3 * i + 2], ARGV[3 * i + 3], ARGV[3 * i + 4]
  if result == 'recorded' then
    redis.call('ZADD', log, now, ARGV[1])
    redis.call('PEXPIRE', log, known == '-' and window or ARGV[7])
  end
  local times = {}
  local entries = redis.call('ZRANGE', log, -calls, -1, 'WITHSCORES')
  for j = 2, #entries, 2 do
    if tonumber(entries[j]) > 0 then table.insert(times, entries[j]) end
  end
  table.insert(windows, times)
end
return { result, math.ceil(wait), now, windows, epochs, pause }
`

/** Returns the epochs of logs. KEYS: the logs. ARGV: the epoch of a new log, and how long logs are kept. */
export const joinLogs = `${prelude}${epoch}
local epochs = {}
for _, log in ipairs(KEYS) do
  expect('zset', log)
  table.insert(epochs, readEpoch(log) or writeEpoch(log, ARGV[1], ARGV[2]))
end
return epochs
`

/**
 * Records calls that are not in a log: they were made without Redis, or the log was lost. KEYS: a log. ARGV: the epoch of a
 * new log, how long logs are kept, then the age and the id of each call. Returns the epoch.
 */
export const recordCalls = `${prelude}${epoch}
expect('zset', KEYS[1])
for i = 3, #ARGV, 2 do redis.call('ZADD', KEYS[1], now - ARGV[i], ARGV[i + 1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return readEpoch(KEYS[1]) or writeEpoch(KEYS[1], ARGV[1], ARGV[2])
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
for i, text in ipairs(found) do found[i] = printable(text) end
return found
`
