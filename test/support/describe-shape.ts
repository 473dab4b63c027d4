import { describe, expect, it } from '@jest/globals'
import { parseRows, type Shape } from '../../src/providers/shape.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'
import { completeRows, type Rows } from '../../src/upstream/cache/reading.ts'
import { systemClock } from '../../src/upstream/clock.ts'
import { parseReading, serializeReading } from '../../src/upstream/redis/serialization.ts'

interface ShapeCase<Wire> {
  readonly shape: Shape<Wire>
  /** Rows as the vendor writes them. Together they have every member that the shape declares. */
  readonly rows: readonly object[]
  readonly parsed: readonly NoInfer<Wire>[]
  /** What the domain makes of a row. */
  readonly toValue: (row: NoInfer<Wire>) => unknown
}

/** Fails when a declared member is not read, is not shared by replicas, or is not used by the domain. */
export function describeShape<Wire extends { readonly id: string }>(
  name: string,
  { shape, rows, parsed, toValue }: ShapeCase<Wire>,
): void {
  const parse = (list: Rows) => parseRows(list, shape, { toItem: (row) => row }, endlessTimeSlice)

  /** The rows as another replica reads them when these fields are shared. */
  async function readElsewhere(fields: readonly string[]): Promise<readonly Wire[]> {
    const made = { asOf: 1, startedAt: 0, readAt: 0, bytes: 0, rows: completeRows([...rows]) }
    const reading = parseReading({ asOf: made.asOf, body: serializeReading(made, fields) }, systemClock)
    return (await parse(reading?.rows ?? completeRows([]))).items
  }

  describe(name, () => {
    it('reads every declared member', async () => {
      expect(await parse(completeRows([...rows]))).toEqual({ items: parsed, unreadable: 0, hasRepeats: false })
    })

    it('is the same in a reading of another replica', async () => {
      expect(await readElsewhere(shape.fields)).toEqual(parsed)
    })

    it.each(shape.fields)('differs in the domain without %s', async (field) => {
      const others = shape.fields.filter((each) => each !== field)
      expect((await readElsewhere(others)).map(toValue)).not.toEqual(parsed.map(toValue))
    })
  })
}
