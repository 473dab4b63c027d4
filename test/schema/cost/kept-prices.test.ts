import { beforeEach, describe, expect, it } from '@jest/globals'
import { parse } from 'graphql'
import { KeptPrices } from '../../../src/schema/cost/kept-prices.ts'

const document = parse('query a($first: Int) { b(first: $first) } query c { d }')
let computed: number
let kept: KeptPrices<{ cost: number; dependsOnReadings: boolean }>
beforeEach(() => {
  computed = 0
  kept = new KeptPrices()
})

function costOf(
  variables: object,
  {
    readings = 0,
    operationName = 'a',
    dependsOnReadings = true,
  }: { readings?: number | null; operationName?: string; dependsOnReadings?: boolean } = {},
): number {
  const compute = () => {
    computed += 1
    return { cost: computed, dependsOnReadings }
  }
  return kept.get(document, [operationName, variables], readings, compute).cost
}

describe('the price of an operation', () => {
  it('is computed once for the same document and variables', () => {
    expect([costOf({ first: 1 }), costOf({ first: 1 })]).toEqual([1, 1])
  })

  it('is another one for other variables, and for another operation of the document', () => {
    expect([costOf({ first: 1 }), costOf({ first: 2 }), costOf({ first: 1 }, { operationName: 'c' })]).toEqual([
      1, 2, 3,
    ])
  })

  it('is computed again when readings have changed that it depends on', () => {
    expect([costOf({}), costOf({}, { readings: 1 }), costOf({}, { readings: 1 })]).toEqual([1, 2, 2])
  })

  it('is kept when it depends on no reading', () => {
    const options = { dependsOnReadings: false }
    expect([costOf({}, options), costOf({}, { ...options, readings: 1 })]).toEqual([1, 1])
  })

  it('is computed each time for a caller with a list of places, and for long variables', () => {
    expect([costOf({}, { readings: null }), costOf({}, { readings: null })]).toEqual([1, 2])
    const variables = { first: 'x'.repeat(1_000) }
    expect([costOf(variables), costOf(variables)]).toEqual([3, 4])
  })

  it.each([
    ['deep', Array.from({ length: 20_000 }).reduce<object>((inner) => ({ a: inner }), {})],
    ['many', { ids: Array(20_000).fill('') }],
  ])('is computed each time for %s variables, which are not read to their end', (_, variables) => {
    expect([costOf(variables), costOf(variables)]).toEqual([1, 2])
  })
})
