import { beforeEach, describe, expect, it } from '@jest/globals'
import type { PlaceIndex } from '../../src/operation.ts'
import { createPlaceIndex } from '../../src/providers/place-index.ts'
import { lowestCost } from '../support/cpu-time.ts'

const placesOf = (...ids: readonly string[]) => ids.map((vendorId) => ({ vendorId }))

let placeIndex: PlaceIndex
beforeEach(() => {
  placeIndex = createPlaceIndex({ configured: placesOf('org_a', 'org_b', 'proj_listed') })
})

describe('a place', () => {
  it('that was never found may be in any discovery', () => {
    for (const parent of ['a', 'b']) expect(placeIndex.mayHold(parent, ['proj_1'])).toBe(true)
  })

  it('that is configured is in none', () => {
    expect(placeIndex.mayHold('a', ['org_a', 'org_b', 'proj_listed'])).toBe(false)
    expect(placeIndex.mayHold('a', ['org_a', 'proj_1'])).toBe(true)
    expect(placeIndex.mayHold('a', [])).toBe(false)
  })

  it('that was discovered is where it was found, and nowhere else', () => {
    placeIndex.record('a', placesOf('proj_1', 'proj_2'))
    expect(placeIndex.mayHold('a', ['proj_1'])).toBe(true)
    expect(placeIndex.mayHold('b', ['proj_1', 'proj_2'])).toBe(false)
    expect(placeIndex.mayHold('b', ['proj_1', 'proj_3'])).toBe(true)
  })

  it('may have been found by several', () => {
    placeIndex.record('a', placesOf('shared'))
    placeIndex.record('b', placesOf('shared'))
    for (const [parent, is] of [
      ['a', true],
      ['b', true],
      ['c', false],
    ] as const)
      expect(placeIndex.mayHold(parent, ['shared'])).toBe(is)
  })

  it('that is configured is looked for where it was discovered as well', () => {
    placeIndex.record('b', placesOf('proj_listed'))
    expect(placeIndex.mayHold('a', ['proj_listed'])).toBe(false)
    expect(placeIndex.mayHold('b', ['proj_listed'])).toBe(true)
  })

  it('that is not found any more may be in any discovery again', () => {
    placeIndex.record('a', placesOf('proj_1'))
    expect(placeIndex.mayHold('b', ['proj_1'])).toBe(false)
    placeIndex.record('a', placesOf('proj_2'))
    expect(placeIndex.mayHold('b', ['proj_1'])).toBe(true)
    expect(placeIndex.mayHold('b', ['proj_2'])).toBe(false)
  })

  it('stays where it is however often the same list is noted', () => {
    const places = placesOf('proj_1')
    for (let times = 0; times < 3; times += 1) placeIndex.record('a', places)
    expect(placeIndex.mayHold('a', ['proj_1'])).toBe(true)
    expect(placeIndex.mayHold('b', ['proj_1'])).toBe(false)
  })

  it('that one of several does not find any more is where the others found it', () => {
    const [shared, alone] = [placesOf('shared'), placesOf('alone', 'shared')]
    placeIndex.record('a', shared)
    placeIndex.record('b', alone)
    placeIndex.record('b', [])
    expect(placeIndex.mayHold('a', ['shared'])).toBe(true)
    expect(placeIndex.mayHold('b', ['shared'])).toBe(false)
    for (const parent of ['a', 'b']) expect(placeIndex.mayHold(parent, ['alone'])).toBe(true)
  })
})

it('finds what a caller has in hundreds of discoveries without going through all of them for each place', async () => {
  const projectsIn = (parent: number) => Array.from({ length: 10 }, (_, index) => `proj_${parent}_${index}`)
  const parents = Array.from({ length: 600 }, (_, index) => index)
  for (const parent of parents) placeIndex.record(String(parent), placesOf(...projectsIn(parent)))
  const mine = new Set(parents.slice(500).flatMap(projectsIn))
  const find = async () =>
    expect(parents.filter((parent) => placeIndex.mayHold(String(parent), mine))).toEqual(parents.slice(500))
  // A few milliseconds; the other way takes as many seconds.
  expect(await lowestCost(find, 1)).toBeLessThan(1)
})
