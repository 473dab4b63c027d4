import { prelude } from './scripts.ts'

/** No signed text of a change is longer. */
const maxLength = 512

const read = `
local function read(key)
  expect('string', key)
  return printable(redis.call('GETRANGE', key, 0, ${maxLength - 1}))
end
`

/** Returns the signed text of the last change at KEYS[1], or an empty text. */
export const readChange = `${prelude}${read}
return read(KEYS[1])
`

/**
 * Replaces the text of the last change and returns the one that is there then. ARGV: the text that is replaced, empty for
 * none; the new text, and its time to live.
 */
export const replaceChange = `${prelude}${read}
local current = read(KEYS[1])
if current ~= ARGV[1] then return current end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return ARGV[2]
`
