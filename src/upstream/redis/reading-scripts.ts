import { prelude } from './scripts.ts'

/** The length of a text that a process can read without running out of memory. */
export const maxTextLength = 32 * 1024 * 1024
/** More characters than the times and the signature at the beginning of a text have. */
const maxHeadLength = 80
/** More characters than a lease with the message of an error has. */
const maxLeaseLength = 16_384

// Scripts compare times to choose a text. The replica that uses it verifies its signature and its times.
const read = `
local function asOfText(text)
  return tonumber(string.match(text, '^(%d+) %d+ [%w_-]+ '))
end

local function asOfKey(key)
  expect('string', key)
  return asOfText(redis.call('GETRANGE', key, 0, ${maxHeadLength - 1}))
end

local function read(key)
  local isText = asOfKey(key) and redis.call('STRLEN', key) <= ${maxTextLength}
  if isText then return redis.call('GET', key) end
  return redis.call('DEL', key) == 1 and 'malformed' or ''
end
`

const readLease = `
local function readLease(key)
  local isText = redis.call('HSTRLEN', key, 'text') <= ${maxLeaseLength}
  return printable(isText and redis.call('HGET', key, 'text') or 'malformed')
end
`

/** Returns the reading at KEYS[1], or an empty text. */
export const getReading = `${prelude}${read}
return read(KEYS[1])
`

/**
 * Decides what to do for a reading: use the one that is there, fail as it failed, make it, or wait for another replica.
 * KEYS: reading, failure, lease. ARGV: the time after which a reading must have started, how long a failure is kept, how
 * long a lease lasts, a token for the lease, and its signed text. A key whose time to live is longer than that was written
 * before Redis's clock was set back, and does not count.
 */
export const beginReading = `${prelude}${read}${readLease}
local asOf = asOfKey(KEYS[1])
if asOf and asOf > tonumber(ARGV[1]) then return { 'reading', read(KEYS[1]) } end

local remembered = redis.call('PTTL', KEYS[2])
if remembered > 0 and remembered <= tonumber(ARGV[2]) then return { 'failure', read(KEYS[2]) } end

expect('hash', KEYS[3])
local left = redis.call('PTTL', KEYS[3])
if left > 0 and left <= tonumber(ARGV[3]) then
  return { 'theirs', readLease(KEYS[3]) }
end
redis.call('DEL', KEYS[3])
redis.call('HSET', KEYS[3], 'token', ARGV[4], 'text', ARGV[5])
redis.call('PEXPIRE', KEYS[3], ARGV[3])
return { 'mine', '' }
`

/** Renews a lease. KEYS: the lease. ARGV: its token, how long it lasts, and its signed text. */
export const renewLease = `${prelude}
expect('hash', KEYS[1])
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'text', ARGV[3])
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`

/** Deletes a lease with this signed text. KEYS: the lease. ARGV: the text. */
export const deleteLease = `${prelude}${readLease}
expect('hash', KEYS[1])
if readLease(KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`

/**
 * Stores the result of a reading and releases its lease. A reading is stored if none that started later is there, a failure
 * if the lease is still held. A time in the future is none. KEYS: the lease, and the key of the result. ARGV: the token, the
 * latest time that a result can have, whether it is a reading, the result, and its time to live.
 */
export const releaseLease = `${prelude}${read}
expect('hash', KEYS[1])
local holds = redis.call('HGET', KEYS[1], 'token') == ARGV[1]
if KEYS[2] then
  expect('string', KEYS[2])
  local stores = holds
  if ARGV[3] == 'reading' then
    local other = asOfKey(KEYS[2])
    stores = not other or other > tonumber(ARGV[2]) or other <= asOfText(string.sub(ARGV[4], 1, ${maxHeadLength}))
  end
  if stores then redis.call('SET', KEYS[2], ARGV[4], 'PX', ARGV[5]) end
end
return holds and redis.call('DEL', KEYS[1]) or 0
`

/** Deletes a text that begins with ARGV[1]: it may have been replaced since it was read. */
export const deleteText = `${prelude}
expect('string', KEYS[1])
if redis.call('GETRANGE', KEYS[1], 0, #ARGV[1] - 1) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`
