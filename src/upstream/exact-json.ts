import { LosslessNumber, parse } from 'lossless-json'

/** Shorter integers are exact as numbers, and JSON.parse is ten times as fast. */
const longNumber = /\d{16}/

/** More digits than any id has. The time to convert an integer grows faster than the number of its digits. */
const maxDigits = 40

/**
 * Parses JSON with exact integers. Some ids are Java longs, and JSON.parse rounds those above 2^53 to another id. An integer
 * of more than 40 digits stays a LosslessNumber, which is neither a number nor a text to the parsers of rows.
 */
export function parseJson(text: string): unknown {
  return longNumber.test(text) ? parse(text, undefined, toNumber) : JSON.parse(text)
}

function toNumber(digits: string): number | bigint | LosslessNumber {
  const number = Number(digits)
  if (Number.isSafeInteger(number) || !/^-?\d+$/.test(digits)) return number
  return digits.length > maxDigits ? new LosslessNumber(digits) : BigInt(digits)
}
