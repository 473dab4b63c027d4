import { beginning } from './scripts.ts'

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
export const recall = `${beginning}${read}
return read(KEYS[1])
`

/**
 * What to do for a reading: take the one that is there, heed that it failed, make it, or wait for another replica. KEYS:
 * reading, failure, lease. ARGV: the moment after which a reading must have begun, how long a failure is remembered, how
 * long a lease lasts, and a token to hold it with. What should have gone by itself long ago does not count.
 */
export const begin = `${beginning}${read}${beginningOf}
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
export const renew = `${beginning}
expect('hash', KEYS[1])
if redis.call('HGET', KEYS[1], 'token') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'turn', ARGV[3])
return redis.call('PEXPIRE', KEYS[1], ARGV[2])
`

/**
 * Gives a lease back, and before that keeps what came of it: a reading if none is there that began later, a failure if the
 * lease is still held. KEYS: lease, and where to. ARGV: its token, then what and for how long.
 */
export const finish = `${beginning}${beginningOf}
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
