import { prelude } from './scripts.ts'

/** No text of this program is longer: a list of a hundred thousand certificates. */
const maxBytes = 64 * 2 ** 20

/** The bounds are a string; heads, lists, changes, removals and the notes of a place are hashes. */
const read = `
local function field(key, name)
  expect('hash', key)
  if redis.call('HSTRLEN', key, name) > ${maxBytes} then redis.call('HDEL', key, name) end
  return printable(redis.call('HGET', key, name) or '')
end

local function text(key)
  expect('string', key)
  if redis.call('STRLEN', key) > 512 then redis.call('DEL', key) end
  return printable(redis.call('GET', key) or '')
end
`

/** Returns the bounds at KEYS[1]. */
export const readBounds = `${prelude}${read}
return text(KEYS[1])
`

/**
 * Begins a new history. KEYS: bounds, and everything else, which is of a history that was lost. ARGV: the text that is
 * replaced, and the new bounds. Returns the bounds that are there afterwards.
 */
export const beginHistory = `${prelude}${read}
local bounds = text(KEYS[1])
if bounds ~= ARGV[1] then return bounds end
redis.call('DEL', unpack(KEYS))
redis.call('SET', KEYS[1], ARGV[2])
return ARGV[2]
`

/** Replaces the bounds at KEYS[1]. ARGV: the text that is replaced, and the new one. Returns 1, or 0 when another one is there. */
export const replaceBounds = `${prelude}${read}
if text(KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
`

/** Returns the texts of fields of the hash at KEYS[1]. ARGV: the names. */
export const readFields = `${prelude}${read}
local texts = {}
for index, name in ipairs(ARGV) do texts[index] = field(KEYS[1], name) end
return texts
`

/** Returns all names and texts of the hash at KEYS[1]. */
export const readAllFields = `${prelude}
expect('hash', KEYS[1])
local all = redis.call('HGETALL', KEYS[1])
for index, text in ipairs(all) do all[index] = printable(text) end
return all
`

/** Sets and removes fields of the hash at KEYS[1]. ARGV: its time to live or 0, and names with texts; an empty text removes. */
export const writeFields = `${prelude}
expect('hash', KEYS[1])
for index = 2, #ARGV, 2 do
  if ARGV[index + 1] == '' then redis.call('HDEL', KEYS[1], ARGV[index])
  else redis.call('HSET', KEYS[1], ARGV[index], ARGV[index + 1]) end
end
if ARGV[1] ~= '0' then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return 1
`

/**
 * Keeps what a comparison has found, all or nothing. KEYS: heads, bounds, lists, changes, notes. ARGV: the place; the head
 * that is replaced, and the new one; the bounds that are replaced, and the new ones, both empty without a change; the list, empty
 * for the one before; the number of changes, their sequences and texts; the names of notes to remove. Returns what was
 * another one: 'head', 'bounds', or nothing.
 */
export const commitChanges = `${prelude}${read}
local place = ARGV[1]
if field(KEYS[1], place) ~= ARGV[2] then return 'head' end
if ARGV[5] ~= '' and text(KEYS[2]) ~= ARGV[4] then return 'bounds' end
expect('hash', KEYS[3])
expect('hash', KEYS[4])
expect('hash', KEYS[5])
if ARGV[5] ~= '' then redis.call('SET', KEYS[2], ARGV[5]) end
if ARGV[6] ~= '' then redis.call('HSET', KEYS[3], place, ARGV[6]) end
local count = tonumber(ARGV[7])
for index = 8, 7 + 2 * count, 2 do redis.call('HSET', KEYS[4], ARGV[index], ARGV[index + 1]) end
for index = 8 + 2 * count, #ARGV do redis.call('HDEL', KEYS[5], ARGV[index]) end
redis.call('HSET', KEYS[1], place, ARGV[3])
return ''
`
