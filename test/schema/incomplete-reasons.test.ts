import { afterEach, describe, expect, it } from '@jest/globals'
import type { Effect } from '../../src/sandbox/fault.ts'
import { type Stack, startStack } from '../support/stack.ts'

let stack: Stack
afterEach(() => stack.close())

const fault = (path: string, effect: Effect) =>
  stack.emulators.map(({ fault }) => fault({ match: ({ target }) => target.includes(path), effect }))

/** The reports of all lists for a filter. */
async function reportsOf(filter = '{}', args = '') {
  const { data, errors } = await stack.ask<Record<string, { complete: boolean; incompleteReasons: string[] }>>(`{
    certificates(filter: ${filter} ${args}) { complete incompleteReasons pageInfo { endCursor } }
    certificateStatistics(filter: ${filter}) { complete incompleteReasons }
    certificatePlaces { complete incompleteReasons }
  }`)
  expect(errors).toBeUndefined()
  const { certificates, certificateStatistics, certificatePlaces } = data
  for (const { complete, incompleteReasons } of Object.values(data))
    expect(complete).toBe(incompleteReasons.length === 0)
  return {
    certificates: certificates?.incompleteReasons,
    statistics: certificateStatistics?.incompleteReasons,
    places: certificatePlaces?.incompleteReasons,
  }
}

describe('incompleteReasons', () => {
  it('are empty for a complete answer', async () => {
    stack = await startStack({ limits: false })
    expect(await reportsOf()).toEqual({ certificates: [], statistics: [], places: [] })
  })

  it('name a place whose certificates could not be read, with the code and the message', async () => {
    stack = await startStack({ limits: false })
    fault('/account/52710934/', { status: 401 })
    const reason = expect.stringMatching(
      /^The list of certificates of 52710934 \(.+\) could not be read: UPSTREAM_UNAUTHENTICATED: LivePerson answered 401/,
    )
    expect(await reportsOf()).toEqual({ certificates: [reason], statistics: [reason], places: [] })
  })

  it('name an account whose places could not be discovered', async () => {
    stack = await startStack({ limits: false })
    fault('/contract-api/', { status: 403 })
    const reason = expect.stringMatching(
      /^The list of places below bluequay \(.+\) could not be read: UPSTREAM_FORBIDDEN: Akamai answered 403/,
    )
    expect(await reportsOf()).toEqual({ certificates: [reason], statistics: [reason], places: [reason] })
  })

  it.each([
    [1, 'a row that could not be read'],
    [2, '2 rows that could not be read'],
  ])('count the rows that were lost: %d', async (count, text) => {
    stack = await startStack({ limits: false })
    const rows = Array.from({ length: count }, () => null)
    fault('/account/52710934/certificates', { patch: (body) => [...(body as unknown[]), ...rows] })
    const reason = expect.stringMatching(new RegExp(`^The list of certificates of 52710934 \\(.+\\) has ${text}$`))
    expect(await reportsOf()).toEqual({ certificates: [reason], statistics: [reason], places: [] })
  })

  it('name a filter that could not be applied, with the number of certificates in each place', async () => {
    stack = await startStack({ limits: false })
    fault('/certificates/cert_', { status: 403 })
    const reason = expect.stringMatching(
      /^The filter on X\.509 fields could not be applied to 14 certificates of org_bluequay \(.+\); `parseIssues` says why$/,
    )
    expect(await reportsOf('{ issuerContains: "root" }')).toEqual({
      certificates: [reason],
      statistics: [reason],
      places: [],
    })
  })

  it('name an earlier page that was incomplete', async () => {
    stack = await startStack({ limits: false })
    fault('/account/52710934/certificates', { status: 401 })
    const query = (after: string) => `{ certificates(first: 2${after}) { incompleteReasons pageInfo { endCursor } } }`
    type Page = { certificates: { incompleteReasons: string[]; pageInfo: { endCursor: string } } }
    const first = await stack.ask<Page>(query(''))
    stack.liveperson.emulator.reset()
    stack.clock.advance(86_400_000)
    const after = `, after: "${first.data.certificates.pageInfo.endCursor}"`
    expect((await stack.ask<Page>(query(after))).data.certificates.incompleteReasons).toEqual([
      'A page before this one was incomplete: start again without a cursor',
    ])
  })
})
