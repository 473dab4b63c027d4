import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { CertificatesDocument } from '../generated/graphql.ts'
import { type Stack, startStack } from '../support/stack.ts'

describe('a query over three vendors', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack()
  })
  afterAll(() => stack.close())

  it('lists every certificate of every place, soonest expiry first and unknown expiry last', async () => {
    const { data, errors } = await stack.run(CertificatesDocument, { first: 100 })
    expect(errors).toBeUndefined()
    const { nodes = [], totalCount } = data.certificates ?? {}
    expect(nodes).toHaveLength(totalCount ?? -1)
    expect(new Set(nodes.map(({ provider }) => provider))).toEqual(new Set(['OPENAI', 'AKAMAI', 'LIVEPERSON']))
    const dates = nodes.map(({ expiresAt }) => (expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(expiresAt)))
    expect(dates).toEqual([...dates].sort((a, b) => a - b))
  })

  it('reports on every place, with the number of its certificates', async () => {
    const { data } = await stack.run(CertificatesDocument, { first: 1, filter: { includeDeleted: true } })
    const { sources = [], totalCount, complete, fresh } = data.certificates ?? {}
    expect({ complete, fresh }).toEqual({ complete: true, fresh: true })
    expect(sources.map(({ kind, status, scope }) => [kind, status, scope.__typename]).sort()).toEqual([
      ['CERTIFICATES', 'OK', 'AkamaiContract'],
      ['CERTIFICATES', 'OK', 'AkamaiContract'],
      ['CERTIFICATES', 'OK', 'LivePersonAccount'],
      ['CERTIFICATES', 'OK', 'LivePersonAccount'],
      ['CERTIFICATES', 'OK', 'OpenAIOrganization'],
      ['DISCOVERY', 'OK', 'AkamaiAccount'],
    ])
    expect(sources.reduce((sum, { certificateCount }) => sum + (certificateCount ?? 0), 0)).toBe(totalCount)
  })

  it('returns all rows in pages by cursor', async () => {
    const ids: string[] = []
    let after: string | null | undefined
    do {
      const { data } = await stack.run(CertificatesDocument, { first: 20, ...(after && { after }) })
      ids.push(...(data.certificates?.nodes.map(({ id }) => id) ?? []))
      after = data.certificates?.pageInfo.hasNextPage ? data.certificates.pageInfo.endCursor : null
    } while (after)
    const { data } = await stack.run(CertificatesDocument, { first: 100 })
    expect(ids).toEqual(data.certificates?.nodes.map(({ id }) => id))
  })
})
