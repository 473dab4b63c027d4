import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { allPages, certificatePage, idsOf, type Listed, rowsOf } from '../support/certificate-pages.ts'
import { addCertificate, beyondEveryTtl, removeCertificate, removeEverything } from '../support/changing-places.ts'
import { type Stack, startStack } from '../support/stack.ts'

// Dozens of requests, each of which reads all places again.
jest.setTimeout(30_000)

const scale = {
  openai: { organizations: 1, certificatesPerOrganization: 40, projectsPerOrganization: 0 },
  akamai: { accounts: 1, contractsPerAccount: 1, enrollmentsPerContract: 40 },
  liveperson: { accounts: 1, certificatesPerAccount: 40 },
}
const minute = 60_000

describe('a list that changes between two pages', () => {
  let stack: Stack
  let whole: readonly Listed[]
  const page = (args: object) => certificatePage(stack, args)
  const list = async () => rowsOf(await allPages({ first: 100 }, page))
  /** Lets every reading expire, so that the next page is made of the vendors' current lists. */
  const refresh = () => stack.clock.advance(beyondEveryTtl)

  beforeEach(async () => {
    stack = await startStack({ limits: false, scale })
    whole = await list()
  })
  afterEach(() => stack.close())

  const at = (index: number) => {
    const row = whole[index]
    if (!row?.name || row.expiresAt === null) throw new Error(`no dated row ${index}`)
    return { ...row, name: row.name, ends: Date.parse(row.expiresAt) }
  }

  it('continues after a cursor whose row was deleted', async () => {
    const { pageInfo } = await page({ first: 10 })
    removeCertificate(stack, at(9).name)
    refresh()
    expect((await page({ first: 10, after: pageInfo.endCursor })).nodes).toEqual(whole.slice(10, 20))
  })

  it('goes back from a cursor whose row was deleted', async () => {
    const { pageInfo } = await page({ last: 10 })
    removeCertificate(stack, at(whole.length - 10).name)
    refresh()
    expect((await page({ last: 10, before: pageInfo.startCursor })).nodes).toEqual(whole.slice(-20, -10))
  })

  it('returns the same page when rows before the cursor are added and deleted', async () => {
    const { pageInfo } = await page({ first: 30 })
    for (const index of [0, 7, 29]) removeCertificate(stack, at(index).name)
    addCertificate(stack, 'late arrival', at(3).ends)
    addCertificate(stack, 'later arrival', at(0).ends - minute)
    refresh()
    expect((await page({ first: 30, after: pageInfo.endCursor })).nodes).toEqual(whole.slice(30, 60))
  })

  it('returns rows added after the cursor, and no deleted ones', async () => {
    const { pageInfo } = await page({ first: 30 })
    removeCertificate(stack, at(33).name)
    addCertificate(stack, 'late arrival', at(31).ends + minute)
    refresh()
    const { nodes } = await page({ first: 10, after: pageInfo.endCursor })
    const kept = nodes.filter(({ name }) => name !== 'late arrival')
    expect(kept).toEqual([...whole.slice(30, 33), ...whole.slice(34, 40)])
    expect(nodes).toHaveLength(10)
  })

  it.each([
    ['start', { first: 7 }],
    ['end', { last: 7 }],
  ] as const)(
    'shows a row that stays exactly once and in order, from the %s, whatever happens before every page',
    async (from, size) => {
      const removed = new Set<string>()
      const changing = async (args: object) => {
        const answer = await page(args)
        // Both ends of the page, including the row of the next cursor, with new rows on both sides.
        for (const row of [answer.nodes.at(0), answer.nodes.at(-1)]) {
          if (!row?.name || removed.has(row.id)) continue
          removed.add(row.id)
          removeCertificate(stack, row.name)
        }
        for (const days of [-365, 365]) {
          addCertificate(stack, `new ${removed.size} ${days}`, stack.clock.now() + days * 1440 * minute)
        }
        refresh()
        return answer
      }
      const seen = rowsOf(await allPages(size, changing), from)
      const stayed = whole.filter(({ id }) => !removed.has(id))
      expect(stayed.length).toBeGreaterThan(whole.length / 2)
      expect(seen.filter(({ id }) => idsOf(stayed).includes(id))).toEqual(stayed)
      expect(new Set(idsOf(seen)).size).toBe(seen.length)
    },
  )

  it('moves a row whose expiry became unknown without moving others', async () => {
    const { pageInfo } = await page({ first: 10 })
    const moved = stack.liveperson.state.accounts[0]?.certificates.find(
      ({ expirationDate }) => Date.parse(expirationDate ?? '') > at(12).ends,
    )
    if (!moved) throw new Error('no row to move')
    moved.expirationDate = null
    refresh()
    const rest = rowsOf(await allPages({ first: 50 }, (args) => page({ after: pageInfo.endCursor, ...args })))
    const isMoved = ({ name, provider }: Listed) => provider === 'LIVEPERSON' && name === moved.name
    expect(rest.filter((row) => !isMoved(row))).toEqual(whole.slice(10).filter((row) => !isMoved(row)))
    expect(rest.findIndex(isMoved)).toBe(rest.length - 1)
  })

  it('is an empty page without neighbours when every row was deleted', async () => {
    const { pageInfo } = await page({ first: 10 })
    removeEverything(stack)
    refresh()
    const nothing = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null }
    const empty = { edges: [], nodes: [], pageInfo: nothing, totalCount: 0, complete: true }
    expect(await page({ first: 10, after: pageInfo.endCursor })).toEqual(empty)
    expect(await page({ last: 10, before: pageInfo.startCursor })).toEqual(empty)
  })
})
