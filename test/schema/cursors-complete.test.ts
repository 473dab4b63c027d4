import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { allPages, certificatePage, type Page } from '../support/certificate-pages.ts'
import { beyondEveryTtl } from '../support/changing-places.ts'
import { failureTtl } from '../support/passing-time.ts'
import { type Stack, startStack } from '../support/stack.ts'

describe('complete', () => {
  let stack: Stack
  beforeEach(async () => {
    stack = await startStack({
      limits: false,
      // Without stale readings: certificates that cannot be read are missing.
      configure: (file) => ({ ...file, upstream: { staleIfError: '0s' } }),
    })
  })
  afterEach(() => stack.close())

  const page = (args: object) => certificatePage(stack, args)
  /** Makes one account fail until the returned function repairs it and lets the failed reading expire. */
  const failing = () => {
    const recover = stack.liveperson.emulator.fault({
      match: ({ path }) => path.endsWith('52710934/certificates'),
      effect: { status: 500 },
    })
    return () => {
      recover()
      stack.clock.advance(failureTtl)
    }
  }
  const completeness = (pages: readonly Page[]) => pages.map(({ complete }) => complete)

  it.each([{ first: 10 }, { last: 10 }])(
    'stays false on the pages after an incomplete page of %j, although all places can be read again',
    async (size) => {
      const recover = failing()
      const first = await page(size)
      recover()
      const cursor = size.first ? { after: first.pageInfo.endCursor } : { before: first.pageInfo.startCursor }
      const rest = await allPages(size, (args) => page({ ...cursor, ...args }))
      expect(first.complete).toBe(false)
      expect(rest.length).toBeGreaterThan(2)
      expect(completeness(rest)).toEqual(rest.map(() => false))
      expect((await page(size)).complete).toBe(true)
    },
  )

  it('is carried by both cursors of a page', async () => {
    const good = await page({ first: 10 })
    stack.clock.advance(beyondEveryTtl)
    const recover = failing()
    const bad = await page({ first: 10, after: good.pageInfo.endCursor })
    recover()
    const [start, end] = [good.pageInfo.startCursor, bad.pageInfo.endCursor]
    expect(completeness([good, bad])).toEqual([true, false])
    expect(await page({ first: 5, after: start })).toMatchObject({ complete: true })
    expect(await page({ first: 5, after: start, before: end })).toMatchObject({ complete: false })
    expect(await page({ last: 5, after: end })).toMatchObject({ complete: false })
    for (const { cursor } of bad.edges)
      expect(await page({ first: 1, before: cursor })).toMatchObject({ complete: false })
  })

  it('is false from the first page whose reading failed', async () => {
    const first = await page({ first: 10 })
    stack.clock.advance(beyondEveryTtl)
    const recover = failing()
    const second = await page({ first: 10, after: first.pageInfo.endCursor })
    recover()
    const third = await page({ first: 10, after: second.pageInfo.endCursor })
    expect(completeness([first, second, third])).toEqual([true, false, false])
  })

  it('stays false after a row without an id, and the other rows are returned', async () => {
    const withoutIds = (body: unknown) => [
      ...(body as { id?: unknown }[]).slice(1),
      { name: 'no id' },
      'no object',
      null,
    ]
    const recover = stack.liveperson.emulator.fault({
      match: ({ path }) => path.endsWith('52710934/certificates'),
      effect: { patch: withoutIds },
    })
    const { data } = await stack.ask<{
      certificates: Page & {
        fresh: boolean
        sources: { status: string; unreadableRows: number; certificateCount: number }[]
      }
    }>('{ certificates { complete fresh sources { status unreadableRows certificateCount } pageInfo { endCursor } } }')
    const { complete, fresh, sources, pageInfo } = data.certificates
    expect({ complete, fresh }).toEqual({ complete: false, fresh: true })
    expect(sources).toContainEqual({ status: 'OK', unreadableRows: 3, certificateCount: 6 })
    expect(sources.filter(({ unreadableRows }) => unreadableRows > 0)).toHaveLength(1)
    recover()
    stack.clock.advance(beyondEveryTtl)
    expect(await page({ after: pageInfo.endCursor })).toMatchObject({ complete: false })
    expect(await page({})).toMatchObject({ complete: true })
  })

  it('is false for an empty page of a vendor that failed', async () => {
    stack.openai.emulator.fault({ effect: { status: 500 } })
    expect(await page({ filter: { providers: ['OPENAI'] } })).toMatchObject({
      nodes: [],
      totalCount: 0,
      complete: false,
    })
    expect(await page({ filter: { providers: ['AKAMAI'] } })).toMatchObject({ complete: true })
  })
})
