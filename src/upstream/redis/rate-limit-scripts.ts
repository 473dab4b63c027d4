import { longestPause } from '../rate-limit/rate-limiter.ts'
import { beginning } from './scripts.ts'

/**
 * Writes a call down in every log if all of them have room and no pause holds. KEYS: the pause, then the logs. ARGV: a name
 * for the call, then for each log how many calls its window may hold, and the window. Answers how long to wait, the pause
 * that is left, the time, and the calls in the windows. A call in the future was made before the clock was set back.
 */
export const take = `${beginning}
local pause = math.min(math.max(0, redis.call('PTTL', KEYS[1])), ${longestPause})
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
export const write = `${beginning}
expect('zset', KEYS[1])
for i = 2, #ARGV, 2 do redis.call('ZADD', KEYS[1], now - ARGV[i], ARGV[i + 1]) end
return redis.call('PEXPIRE', KEYS[1], ARGV[1])
`

/** Lets a pause hold for so many milliseconds, unless one holds for longer. */
export const pause = `
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], '', 'PX', ARGV[1]) end
return 1
`
