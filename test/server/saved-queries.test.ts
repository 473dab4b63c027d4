import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { buildSchema, parse, validate } from 'graphql'
import { savedQueries } from '../support/saved-queries.ts'
import { startStack } from '../support/stack.ts'

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'))

interface Rows {
  readonly nodes: readonly {
    readonly provider: string
    readonly name: string
    readonly expiresAt: string | null
    readonly owner?: object | null
  }[]
}

describe('the saved queries', () => {
  it.each(savedQueries)('are valid against the schema: %s', (query) => {
    expect(validate(schema, parse(query))).toEqual([])
  })

  it('start with a comment and have an operation name', () => {
    for (const query of savedQueries)
      expect(query).toMatch(/^# [A-Z].*\n(# .*\n)*(query|mutation|subscription) [A-Z]\w+ \{\n/)
  })

  it('include what expires tonight, and who owns it', async () => {
    const query = savedQueries.find((text) => text.startsWith('# What expires tonight, who owns it?')) ?? ''
    const day = 24 * 3_600_000
    const owner = { owner: 'storefront', contact: '#storefront', runbookUrl: 'https://runbooks.example/certs' }
    const stack = await startStack({
      configure: (file) => ({ ...file, owners: [{ match: { provider: 'AKAMAI' }, ...owner }] }),
    })
    try {
      const all = '{ certificates(first: 100) { nodes { name expiresAt } } }'
      const { certificates } = (await stack.ask<{ certificates: Rows }>(all)).data
      const dates = certificates.nodes.map(({ expiresAt }) => Date.parse(expiresAt ?? ''))
      const next = dates.find((date) => date > stack.clock.now() + day) ?? Number.NaN
      stack.clock.advance(next - day / 2 - stack.clock.now())
      const answer = await stack.ask<{ certificates: Rows }>(query)
      expect(answer.errors).toBeUndefined()
      const { nodes } = answer.data.certificates
      const tonight = nodes.filter(({ expiresAt }) => Date.parse(expiresAt ?? '') > stack.clock.now())
      expect(tonight.length).toBeGreaterThan(0)
      for (const { expiresAt } of tonight)
        expect(Date.parse(expiresAt ?? '')).toBeLessThanOrEqual(stack.clock.now() + day)
      expect(nodes.length).toBeLessThan(certificates.nodes.length)
      expect(nodes.find(({ provider }) => provider === 'AKAMAI')).toMatchObject({
        owner: { name: 'storefront', contact: '#storefront', runbookUrl: 'https://runbooks.example/certs' },
        place: { label: expect.any(String) },
      })
    } finally {
      await stack.close()
    }
  })

  it('need no variables', () => {
    for (const query of savedQueries) expect(query).not.toContain('$')
  })
})
