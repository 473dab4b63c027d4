/** A share as two whole numbers: 1/3 has no exact decimal, and their quotient would not be exact. */
export interface Fraction {
  readonly numerator: number
  readonly denominator: number
}

export function isMore(a: Fraction, b: Fraction): boolean {
  return a.numerator * b.denominator > b.numerator * a.denominator
}
