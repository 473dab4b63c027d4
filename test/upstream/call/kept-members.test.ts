import { describe, expect, it } from '@jest/globals'
import { KeptMembers } from '../../../src/upstream/call/kept-members.ts'

function keep(fields: readonly string[], rows: readonly unknown[]): unknown[] {
  const kept = [...rows]
  new KeptMembers(fields).addPage({ rows: kept, isLast: false })
  return kept
}

describe('the members of rows that are kept', () => {
  it('are those in use, at every depth', () => {
    const row = { id: 1n, junk: [{}], network: { name: 'a', junk: 1, slots: [{ serial: '01', junk: 'x' }, null] } }
    expect(keep(['id', 'network', 'name', 'slots', 'serial'], [row, 'C-1', null])).toEqual([
      { id: 1n, network: { name: 'a', slots: [{ serial: '01' }, null] } },
      'C-1',
      null,
    ])
  })

  it('share one object where a value has no member in use', () => {
    const [row] = keep(['id', 'names'], [{ id: 'a', names: [{}, { x: 1 }] }])
    const { names } = row as { names: readonly unknown[] }
    expect(names).toEqual([{}, {}])
    expect(names[0]).toBe(names[1])
  })

  it('are limited over all pages', () => {
    const members = new KeptMembers(['id', 'names'])
    const page = (isLast = false) => ({ rows: [{ id: 'a', names: Array(900_000).fill(0) }], isLast })
    members.addPage(page())
    members.addPage(page())
    expect(() => members.addPage(page(true))).toThrow('more than 2000000 values')
  })

  it('are all members of a list that is a single page', () => {
    const rows = [{ id: 'a', junk: 1 }]
    new KeptMembers(['id']).addPage({ rows, isLast: true })
    expect(rows).toEqual([{ id: 'a', junk: 1 }])
  })
})
