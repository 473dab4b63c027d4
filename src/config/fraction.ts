import { z } from 'zod'
import type { Fraction } from '../fraction.ts'
import { expected } from './wording.ts'

const quotient = /^(\d{1,4})\/(\d{1,4})$/
const decimal = /^[01]?(?:\.(\d{1,6}))?$/

/** `1/3`, `0.25` or `1` as a fraction; null for any other value. */
function toFraction(value: unknown): Fraction | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null
  const text = String(value)
  const [, numerator, denominator] = quotient.exec(text) ?? []
  if (numerator !== undefined) return { numerator: Number(numerator), denominator: Number(denominator) }
  const match = text === '' ? null : decimal.exec(text)
  if (!match) return null
  const scale = 10 ** (match[1]?.length ?? 0)
  return { numerator: Math.round(Number(text) * scale), denominator: scale }
}

/** A share of the lifetime of a certificate, such as `1/3` or `0.25`. */
export const fraction = z
  .custom<string | number>(
    (value) => {
      const share = toFraction(value)
      return share !== null && share.numerator > 0 && share.numerator <= share.denominator
    },
    // A custom check aborts by default, and the checks of the mapping around it would not run.
    { ...expected('a share such as 1/3 or 0.25, more than 0 and at most 1'), abort: false },
  )
  .transform((value): Fraction => toFraction(value) ?? { numerator: 1, denominator: 1 })
