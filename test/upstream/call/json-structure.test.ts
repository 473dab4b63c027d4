import { describe, expect, it } from '@jest/globals'
import { checkJsonStructure } from '../../../src/upstream/call/json-structure.ts'

const million = 1_000_000
const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels)
const tooMany = 'the body has more than 2000000 values'
const tooDeep = 'the body has more than 100 levels'

describe('the structure of a body', () => {
  it.each([
    ['an empty body', ''],
    ['100 levels', deep(100)],
    ['many lists beside each other', `[${'[],'.repeat(500_000)}[]]`],
    ['a text of structural characters', JSON.stringify('[{,:'.repeat(million))],
    ['a text of escaped quotes', JSON.stringify('"[\\'.repeat(million))],
    ['a text of backslashes', JSON.stringify(deep(200).replaceAll('[', '\\'))],
    ['a text without an end', `"${deep(200)}`],
  ])('is accepted for %s', (_, text) => {
    expect(() => checkJsonStructure(text)).not.toThrow()
  })

  it.each([
    ['empty objects', `[${'{},'.repeat(million)}{}]`, tooMany],
    ['numbers', `[${'0,'.repeat(2 * million)}0]`, tooMany],
    ['members', `{${'"a":0,'.repeat(million)}"a":0}`, tooMany],
    ['101 levels of lists', deep(101), tooDeep],
    ['101 levels of objects', '{"a":'.repeat(101), tooDeep],
    ['levels after a text that ends with a backslash', `["\\\\",${deep(200)}]`, tooDeep],
  ])('is rejected for %s', (_, text, problem) => {
    expect(() => checkJsonStructure(text)).toThrow(problem)
  })
})
