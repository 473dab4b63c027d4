import { describe, expect, it } from '@jest/globals'
import { createX509Test } from '../../../src/catalog/filter.ts'
import { TextIndex } from '../../../src/catalog/text-index.ts'
import { noX509Details } from '../../../src/catalog/x509.ts'
import type { PlacedCertificate } from '../../../src/providers/place.ts'
import { testX509 } from '../../../src/schema/search/x509-filter.ts'
import { endlessTimeSlice } from '../../../src/time-slice.ts'
import { createOperation } from '../../support/operation.ts'
import { createShortSlices } from '../../support/short-slices.ts'

const rows = Array.from({ length: 64 }, (_, row) => ({
  id: String(row),
  x509: {
    ...noX509Details,
    subjectAltNames: Array.from({ length: 2_000 }, (_, name) => `é${name}.row${row}.example`),
  },
})) as unknown as readonly PlacedCertificate[]

describe('certificates with many names', () => {
  it('are tested in a slice each', async () => {
    const { timeSlice, count } = createShortSlices()
    const { accepts } = await testX509(
      createOperation({ timeSlice }),
      [rows],
      { subjectAltName: 'É7.row33.example' },
      undefined,
    )
    expect(rows.filter((row) => accepts?.(row)).map(({ id }) => id)).toEqual(['33'])
    expect(count()).toBeGreaterThanOrEqual(rows.length)
  })

  it('have their names indexed in a slice each', async () => {
    const { timeSlice, count } = createShortSlices()
    const index = await TextIndex.create(rows, timeSlice, ({ x509 }) => x509.subjectAltNames ?? [])
    expect(count()).toBeGreaterThanOrEqual(rows.length)
    expect((await index.find('É7.ROW33.', endlessTimeSlice)).map(({ id }) => id)).toEqual(['33'])
  })

  it('have their names converted to ASCII once', () => {
    let reads = 0
    const names = new Proxy(['é1.example', 'b.example'], {
      get(target, key, receiver) {
        if (key === '0') reads += 1
        return Reflect.get(target, key, receiver)
      },
    })
    const test = createX509Test({ subjectAltName: 'xn--1-9fa.example' })
    const accept = () => test?.accepts({ ...noX509Details, subjectAltNames: names })
    expect(accept()).toBe(true)
    const first = reads
    expect(accept()).toBe(true)
    // To see whether the list is in ASCII.
    expect(reads - first).toBe(1)
  })
})
