import { describe, expect, it } from '@jest/globals'
import { dropValues, perOperation } from '../src/per-operation.ts'
import { createOperation } from './support/operation.ts'

describe('a value per operation', () => {
  const listOf = perOperation((): string[] => [])
  const namesOf = perOperation((): string[] => [])

  it('is made once for each operation and each kind of value', () => {
    const [one, other] = [createOperation(), createOperation()]
    listOf(one).push('a')
    expect([listOf(one), listOf(other), namesOf(one)]).toEqual([['a'], [], []])
  })

  it('is not that of a copy of the operation, whose members may differ', () => {
    const operation = createOperation()
    listOf(operation).push('a')
    expect(listOf({ ...operation })).toEqual([])
  })

  it('is dropped when the operation ends', () => {
    const operation = createOperation()
    listOf(operation).push('a')
    dropValues(operation)
    expect(listOf(operation)).toEqual([])
  })
})
