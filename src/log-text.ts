/** Words in this pattern need no quotes. Every other text is written as JSON. */
const plainWord = /^[\w.:/@+*{}-]{1,200}$/
/** Control characters, and those that change the direction of a text: a vendor or client must not write lines of its own. */
const unsafe = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu
const levelWidth = 5

/** A line of the log for people: time, level, message, and the members as `name=value`. It has no line break. */
export function toTextLine(event: object): string {
  const { time, level, msg, err, ...members } = event as Readonly<Record<string, unknown>>
  const words = [toText(time), toText(level).toUpperCase().padEnd(levelWidth), toText(msg)]
  for (const [name, value] of Object.entries(members)) words.push(`${toText(name)}=${toValue(value)}`)
  if (err !== undefined) words.push(`err=${toErrorText(err)}`)
  return words.filter((word) => word !== '').join(' ')
}

/** A short list or object is easier to read without the quotes of JSON. */
function toValue(value: unknown): string {
  if (typeof value === 'string') return plainWord.test(value) ? value : safe(JSON.stringify(value))
  if (Array.isArray(value)) return `[${value.map(toValue).join(' ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  return `{${Object.entries(value)
    .map(([name, item]) => `${toText(name)}=${toValue(item)}`)
    .join(' ')}}`
}

/** The stack begins with the type and the message. */
function toErrorText(error: unknown): string {
  const hasStack = typeof error === 'object' && error !== null && 'stack' in error && typeof error.stack === 'string'
  if (!hasStack) return toValue(error)
  const { stack, type, message, ...members } = error as { readonly stack: string; readonly [name: string]: unknown }
  const more = Object.keys(members).length > 0 ? ` ${toValue(members)}` : ''
  const lines = stack.split('\n').map((line) => safe(line.trim()))
  return `${lines.join(' | ')}${more}`
}

function toText(value: unknown): string {
  return value === undefined ? '' : safe(String(value))
}

function safe(text: string): string {
  return text.replace(unsafe, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
