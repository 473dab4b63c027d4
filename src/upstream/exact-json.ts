import { LosslessNumber, parse } from 'lossless-json'
import { isObject } from '../is-object.ts'

/** Shorter integers are exact as numbers. */
const longNumber = /\d{16}/

/** More digits than any id has. The time to convert an integer grows faster than the number of its digits. */
const maxDigits = 40

/**
 * Parses JSON with exact integers. Some ids are Java longs, and JSON.parse rounds those above 2^53 to another id. An integer
 * of more than 40 digits stays a LosslessNumber, which is neither a number nor a text to the parsers of rows.
 *
 * JSON.parse comes first: an exact parser takes 25 times as long, so it parses only a body that needs it. It accepts the same
 * bodies.
 * @param fields the members whose values are used, at any depth; absent when all are. Integers in others are not exact
 */
export function parseJson(text: string, fields?: ReadonlySet<string>): unknown {
  const value: unknown = JSON.parse(text)
  return longNumber.test(text) && hasRounded(value, fields) ? parse(text, undefined, exactly) : value
}

/** Whether JSON.parse has rounded an integer in a member that is used. Deep nesting must not overflow the stack. */
function hasRounded(body: unknown, fields: ReadonlySet<string> | undefined): boolean {
  const open: unknown[] = [body]
  while (open.length > 0) {
    const value = open.pop()
    if (isRounded(value)) return true
    if (Array.isArray(value)) for (const item of value) open.push(item)
    if (!isObject(value)) continue
    for (const [name, member] of Object.entries(value)) {
      if (typeof member !== 'number' || !fields || fields.has(name)) open.push(member)
    }
  }
  return false
}

function isRounded(value: unknown): boolean {
  // More than 308 digits are Infinity.
  return (
    typeof value === 'number' && !Number.isSafeInteger(value) && (Number.isInteger(value) || !Number.isFinite(value))
  )
}

/** Of two members with the same name, JSON.parse takes the last one. */
const exactly = { parseNumber: toNumber, onDuplicateKey: ({ newValue }: { readonly newValue: unknown }) => newValue }

function toNumber(digits: string): number | bigint | LosslessNumber {
  const number = Number(digits)
  if (Number.isSafeInteger(number) || !/^-?\d+$/.test(digits)) return number
  return digits.length > maxDigits ? new LosslessNumber(digits) : BigInt(digits)
}
