import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { buildSchema, parse, validate } from 'graphql'
import { savedQueries } from '../support/saved-queries.ts'

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'))

describe('the saved queries', () => {
  it.each(savedQueries)('are valid against the schema: %s', (query) => {
    expect(validate(schema, parse(query))).toEqual([])
  })

  it('start with a comment and have an operation name', () => {
    for (const query of savedQueries)
      expect(query).toMatch(/^# [A-Z].*\n(# .*\n)*(query|mutation|subscription) [A-Z]\w+ \{\n/)
  })

  it('need no variables', () => {
    for (const query of savedQueries) expect(query).not.toContain('$')
  })
})
