import { describe, expect, it } from '@jest/globals'
import { noX509Details, type X509Details } from '../../src/catalog/x509.ts'
import type { PlacedCertificate } from '../../src/providers/place.ts'
import { countAcceptedWeaknesses, countKeptWeaknesses } from '../../src/schema/weakness-counts.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'
import { UpstreamError } from '../../src/upstream/error.ts'
import { createOperation } from '../support/operation.ts'

const weak: X509Details = { ...noX509Details, signatureAlgorithm: 'sha1WithRSAEncryption' }

/** Certificates whose list has no details. Returns how often they were read, too. */
function createRows(count: number, details: (index: number) => X509Details | 'fails', keepsX509 = true) {
  let calls = 0
  const rows = Array.from({ length: count }, (_, index) => ({
    x509: {},
    place: {
      keepsX509: () => keepsX509,
      async x509() {
        calls += 1
        const read = details(index)
        if (read === 'fails') throw new UpstreamError('UPSTREAM_TIMEOUT', 'no answer')
        return read
      },
    },
  })) as unknown as PlacedCertificate[]
  return { rows, calls: () => calls }
}

function createCountingOperation() {
  let looks = 0
  const isOver = () => {
    looks += 1
    return false
  }
  return { operation: createOperation({ timeSlice: { ...endlessTimeSlice, isOver } }), looks: () => looks }
}

const counted = (count: number, unknown: number) => [
  { key: 'SHA1_SIGNATURE', count },
  ...(unknown === 0 ? [] : [{ key: null, count: unknown }]),
]

describe('the counts of weaknesses', () => {
  it('look at each certificate once, and at none when nothing has changed', async () => {
    const { rows, calls } = createRows(1_000, () => weak)
    const listed = Array.from({ length: 1_000 }, () => ({ x509: weak })) as unknown as PlacedCertificate[]
    const lists = [rows, listed]
    expect(await countKeptWeaknesses(createOperation(), lists)).toEqual(counted(2_000, 0))
    expect(calls()).toBe(1_000)
    const again = createCountingOperation()
    expect(await countKeptWeaknesses(again.operation, lists)).toEqual(counted(2_000, 0))
    expect(calls()).toBe(1_000)
    expect(again.looks()).toBe(0)
  })

  it('read a certificate again that could not be read, or that may be another one later', async () => {
    let fails = true
    const failing = createRows(10, (index) => (index === 3 && fails ? 'fails' : weak))
    const slots = createRows(10, () => weak, false)
    const lists = [failing.rows, slots.rows]
    expect(await countKeptWeaknesses(createOperation(), lists)).toEqual(counted(19, 1))
    fails = false
    expect(await countKeptWeaknesses(createOperation(), lists)).toEqual(counted(20, 0))
    expect([failing.calls(), slots.calls()]).toEqual([11, 20])
  })

  it('count each certificate once when operations count at the same time', async () => {
    const { rows } = createRows(100, () => weak)
    const both = [1, 2].map(() => countKeptWeaknesses(createOperation(), [rows]))
    expect(await Promise.all(both)).toEqual([counted(100, 0), counted(100, 0)])
    expect(await countKeptWeaknesses(createOperation(), [rows])).toEqual(counted(100, 0))
  })

  it('are those of the certificates that a filter accepts', async () => {
    const { rows } = createRows(100, (index) => (index === 3 ? 'fails' : weak))
    const accepts = (row: PlacedCertificate) => rows.indexOf(row) < 50
    expect(await countAcceptedWeaknesses(createOperation(), [rows], accepts)).toEqual(counted(49, 1))
  })
})
