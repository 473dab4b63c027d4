import { createHash } from 'node:crypto'

/** That many hex digits out of a label, the same at every start; the first is never 0. */
export function digitsOf(label: string, length: number): string {
  const digits = createHash('sha256').update(label).digest('hex')
  return digits.replace(/^0+/, 'c').padEnd(64, '7').slice(0, length)
}
