import { prelude } from './scripts.ts'
import { readHolder } from './token-scripts.ts'

/** More bytes than a signed record has. */
const maxLength = 512 * 1024

const read = `
local function read(key)
  expect('string', key)
  return redis.call('STRLEN', key) <= ${maxLength} and redis.call('GET', key) or ''
end
`

/** Returns the signed record of a request at KEYS[1], or an empty text. */
export const readRequest = `${prelude}${read}
return read(KEYS[1])
`

/**
 * Acquires the lease of a request, unless another one holds it. KEYS: the record of the request, and its lease. ARGV: a
 * token for the lease, and how long it lasts. Returns who holds it, and the signed record.
 */
export const acquireRequest = `${prelude}${read}${readHolder}
local held = holder(KEYS[2], ARGV[2])
if held ~= '' then return { 'theirs', read(KEYS[1]) } end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return { 'mine', read(KEYS[1]) }
`

/**
 * Replaces the record of a request, and renews its lease. A record without a result is replaced only by the holder. KEYS:
 * the record, and the lease. ARGV: the token and how long it lasts, the record, which is empty to delete it, its time to
 * live, and 1 if it has a result. Returns 0 if another request holds the lease.
 */
export const saveRequest = `${prelude}${readHolder}
local held = holder(KEYS[2], ARGV[2])
local holds = held == '' or held == ARGV[1]
if holds then redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2]) end
if holds or ARGV[5] == '1' then
  if ARGV[3] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4]) end
end
return holds and 1 or 0
`

/** Stores a record that was made without Redis. ARGV: the record, its time to live, and 1 if it has a result. */
export const publishRequest = `${prelude}
if ARGV[3] == '1' then return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end
return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2], 'NX')
`
