/** Octets of a line without its line break (RFC 5545, section 3.1). */
const maxOctets = 75
/** More octets than any UTF-16 code unit takes in UTF-8. */
const octetsPerUnit = 3
/** Characters of a text of a vendor. */
const maxText = 1_000

/** What TEXT does not contain as it is (RFC 5545, section 3.3.11), and halves of characters. */
const special = /\r\n|[\\;,\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}]/gu
const lineBreak = /[\r\n\u0085\u2028\u2029]/

/** Escapes a value of the type TEXT. A control character becomes U+FFFD, a tab excepted. */
export function toCalendarText(text: string): string {
  const bounded = text.length > maxText ? `${cutBefore(text, maxText)}…` : text
  return bounded.replace(special, toEscaped)
}

function toEscaped(character: string): string {
  if (character === '\\' || character === ';' || character === ',') return `\\${character}`
  if (character === '\t') return character
  return lineBreak.test(character) ? '\\n' : '\uFFFD'
}

/** The text before an index, without half of a character. */
function cutBefore(text: string, index: number): string {
  const last = text.charCodeAt(index - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? index - 1 : index)
}

/** One property with its line break. A long line is folded between characters: no octet sequence of UTF-8 is cut. */
export function toContentLine(name: string, value: string): string {
  const line = `${name}:${value}`
  const isShort = line.length * octetsPerUnit <= maxOctets || Buffer.byteLength(line) <= maxOctets
  return isShort ? `${line}\r\n` : `${fold(line)}\r\n`
}

function fold(line: string): string {
  let folded = ''
  let start = 0
  let octets = 0
  for (let index = 0; index < line.length; ) {
    const character = line.codePointAt(index) ?? 0
    const size = octetsOf(character)
    if (octets + size > maxOctets) {
      folded += `${line.slice(start, index)}\r\n `
      start = index
      // The space that begins a continuation counts.
      octets = 1
    }
    octets += size
    index += character > 0xffff ? 2 : 1
  }
  return folded + line.slice(start)
}

function octetsOf(character: number): number {
  if (character < 0x80) return 1
  if (character < 0x800) return 2
  return character < 0x10000 ? 3 : 4
}

/** A date in UTC as the type DATE: four digits for the year, so later years are written as the last possible day. */
export function toCalendarDate(time: number): string {
  return toBasicFormat(time).slice(0, 8)
}

/** A time in UTC as the type DATE-TIME. */
export function toCalendarTime(time: number): string {
  return `${toBasicFormat(time)}Z`
}

const [firstTime, lastTime] = [Date.parse('0000-01-01T00:00:00Z'), Date.parse('9999-12-31T23:59:59Z')]

function toBasicFormat(time: number): string {
  const iso = new Date(Math.min(Math.max(time, firstTime), lastTime)).toISOString()
  return iso.slice(0, 19).replaceAll(/[-:]/g, '')
}
