import { describe, expect, it } from '@jest/globals'
import { fromReading } from '../../src/catalog/certificate.ts'

const reading = { asOf: 1, stale: false }

describe('a row with the state of its reading', () => {
  it('is the same object while the state is', () => {
    const row = { id: 'a' }
    expect(fromReading(row, reading)).toEqual({ id: 'a', ...reading })
    expect(fromReading(row, reading)).toBe(fromReading(row, reading))
    expect(fromReading(row, { ...reading, stale: true })).toEqual({ id: 'a', asOf: 1, stale: true })
  })

  it('is kept for the last rows only', () => {
    const row = { id: 'a' }
    const first = fromReading(row, reading)
    const others = Array.from({ length: 2_000 }, (_, index) => ({ id: `${index}` }))
    for (const other of others.slice(0, 500)) fromReading(other, reading)
    expect(fromReading(row, reading)).toBe(first)
    for (const other of others) fromReading(other, reading)
    expect(fromReading(row, reading)).not.toBe(first)
  })
})
