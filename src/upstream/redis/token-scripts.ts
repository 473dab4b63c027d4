import { prelude } from './scripts.ts'

// A lease is a text with the token of its holder. It ends with its time to live.

/** Defines `holder`, the token of a lease; empty without one, or if it lasts longer than any lease: it is not ours. */
export const readHolder = `
local function holder(key, ttl)
  expect('string', key)
  local left = redis.call('PTTL', key)
  return left > 0 and left <= tonumber(ttl) and redis.call('GETRANGE', key, 0, 63) or ''
end
`

/**
 * Defines `readEpoch`, the time at which the records of a lease began, and a random part. Another epoch than before means that
 * Redis has lost the records.
 */
const epoch = `
local function readEpoch(key, random, ttl)
  expect('string', key)
  local found = redis.call('GETRANGE', key, 0, 63)
  local began = tonumber(string.match(found, '^(%d+):'))
  if not began or began > now then
    began = now
    found = string.format('%.0f:%s', began, random)
    redis.call('SET', key, found, 'PX', ttl)
  else redis.call('PEXPIRE', key, ttl) end
  return found, began
end
`

/** Returns the epoch of a lease. KEYS: the epoch. ARGV: the random part of a new one, and how long it is kept. */
export const beginLease = `${prelude}${epoch}
return { (readEpoch(KEYS[1], ARGV[1], ARGV[2])) }
`

/**
 * Acquires a lease. While the epoch is younger than the lease lasts, and not the one that is known, Redis has lost the record
 * of a holder that may not have renewed it yet. KEYS: the lease, and its epoch. ARGV: the token, how long the lease lasts, the
 * known epoch, empty for none, the random part of a new one, and how long it is kept. Returns 1 if it is acquired, and the epoch
 * that is known then.
 */
export const acquireToken = `${prelude}${readHolder}${epoch}
local found, began = readEpoch(KEYS[2], ARGV[4], ARGV[5])
if ARGV[3] ~= '' and ARGV[3] ~= found and now - began < tonumber(ARGV[2]) then return { 0, ARGV[3] } end
if holder(KEYS[1], ARGV[2]) ~= '' then return { 0, found } end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return { 1, found }
`

/**
 * Renews a lease, also after Redis lost it, with what its holder has noted. Returns 0 if it has another holder. KEYS: the lease,
 * and its note. ARGV: the token, how long the lease lasts, the note, empty for none, and how long it lasts.
 */
export const renewToken = `${prelude}${readHolder}
local held = holder(KEYS[1], ARGV[2])
if held ~= '' and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
expect('string', KEYS[2])
if ARGV[3] ~= '' and redis.call('STRLEN', KEYS[2]) == 0 then redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[4]) end
return 1
`

/**
 * Acquires a lease, or renews it, also after Redis lost it. Returns 0 if it has another holder. KEYS: the lease. ARGV: the
 * token, and how long the lease lasts.
 */
export const holdToken = `${prelude}${readHolder}
local held = holder(KEYS[1], ARGV[2])
if held ~= '' and held ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`

/** Releases a lease. KEYS: the lease. ARGV: the token. */
export const releaseToken = `${prelude}
expect('string', KEYS[1])
return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1]) or 0
`

/** A longer note was not written by a replica. */
const maxNoteBytes = 131_072

/** Returns what is noted for the holders of a lease; empty without a note. KEYS: the note. */
export const readNote = `${prelude}
expect('string', KEYS[1])
return redis.call('STRLEN', KEYS[1]) <= ${maxNoteBytes} and printable(redis.call('GET', KEYS[1]) or '') or ''
`

/**
 * Replaces the note, also after Redis lost the lease. Returns 0 if the lease has another holder. KEYS: the lease, and its note.
 * ARGV: the token, how long the lease lasts, the note, and how long it lasts. An empty note is removed.
 */
export const setNote = `${prelude}${readHolder}
local held = holder(KEYS[1], ARGV[2])
if held ~= '' and held ~= ARGV[1] then return 0 end
if ARGV[3] == '' then redis.call('DEL', KEYS[2])
else redis.call('SET', KEYS[2], ARGV[3], 'PX', ARGV[4]) end
return 1
`
