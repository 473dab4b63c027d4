import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { certificatePage, certificateRejection, everyOrder, idsOf, rejectedWith } from '../support/certificate-pages.ts'
import { beyondEveryTtl } from '../support/changing-places.ts'
import { type Stack, startStack } from '../support/stack.ts'

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

describe('a cursor', () => {
  let stack: Stack
  let cursor: string
  beforeAll(async () => {
    stack = await startStack({ limits: false })
    cursor = (await certificatePage(stack, { first: 5 })).pageInfo.endCursor ?? ''
  })
  afterAll(() => stack.close())

  const rejection = (args: object) => certificateRejection(stack, args)

  it.each(['after', 'before'])('is rejected as %s without a call if no page returned it', async (argument) => {
    stack.clock.advance(beyondEveryTtl)
    const calls = stack.callsTo('/').length
    const [order, key, id, complete] = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    const foreign = [
      ' ',
      '5',
      'cursor:5',
      'YXJyYXljb25uZWN0aW9uOjU=',
      Buffer.from(id).toString(),
      base64(null),
      base64({ order, key, id, complete }),
      base64([order, key, id]),
      base64([order, key, id, complete, 1]),
      base64([order, key, id, 'true']),
      base64([order, [key], id, complete]),
      base64([order, true, id, complete]),
      base64([order, key, 7, complete]),
      base64([1, key, id, complete]),
      base64(['', key, id, complete]),
      // Changed, although it may still decode.
      cursor.slice(1),
      cursor.slice(0, -2),
      `${cursor}A`,
      `${cursor}====`,
      ` ${cursor}`,
      `${cursor}\n`,
      `${cursor.slice(0, 9)}!${cursor.slice(9)}`,
      `${cursor.slice(0, 9)}\u0000${cursor.slice(9)}`,
      Buffer.from(`[${JSON.stringify(order)}, ${key}, ${JSON.stringify(id)}, ${complete}]`).toString('base64url'),
      // Too long, but well-formed.
      base64([order, key, 'x'.repeat(4096), complete]),
      'A'.repeat(50_000),
    ]
    for (const text of foreign) {
      const answer = await rejection({ first: 5, [argument]: text })
      expect({ text, ...answer }).toEqual({ text, ...rejectedWith('BAD_USER_INPUT', new RegExp(`^${argument}: `)) })
    }
    expect(stack.callsTo('/')).toHaveLength(calls)
  })

  it.each(['after', 'before'])('that is an empty text is the same as no cursor: %s', async (argument) => {
    const window = argument === 'after' ? { first: 5 } : { last: 5 }
    expect(await certificatePage(stack, { ...window, [argument]: '' })).toEqual(await certificatePage(stack, window))
  })

  it('is rejected with every other order', async () => {
    for (const own of everyOrder) {
      const { pageInfo } = await certificatePage(stack, { first: 3, orderBy: own })
      for (const other of everyOrder) {
        if (other === own) continue
        for (const args of [
          { first: 3, after: pageInfo.endCursor },
          { last: 3, before: pageInfo.endCursor },
        ]) {
          expect(await rejection({ ...args, orderBy: other })).toEqual(rejectedWith('BAD_USER_INPUT', /order/))
        }
      }
      expect((await certificatePage(stack, { first: 3, after: pageInfo.endCursor, orderBy: own })).nodes).toHaveLength(
        3,
      )
    }
  })

  it('of another list is rejected', async () => {
    const { data } = await stack.ask<{ certificatePlaces: { pageInfo: { endCursor: string } } }>(
      '{ certificatePlaces(first: 1) { pageInfo { endCursor } } }',
    )
    expect(await rejection({ after: data.certificatePlaces.pageInfo.endCursor })).toEqual(
      rejectedWith('BAD_USER_INPUT', /^after: /),
    )
  })

  it('is valid with another filter, at the position of its row', async () => {
    const whole = (await certificatePage(stack, { first: 100 })).nodes
    const { pageInfo } = await certificatePage(stack, { first: 3, filter: { providers: ['AKAMAI'] } })
    const akamai = whole.filter(({ provider }) => provider === 'AKAMAI')
    const index = whole.findIndex(({ id }) => id === akamai[2]?.id)
    const after = pageInfo.endCursor
    expect((await certificatePage(stack, { first: 100, after })).nodes).toEqual(whole.slice(index + 1))
    expect((await certificatePage(stack, { last: 100, before: after })).nodes).toEqual(whole.slice(0, index))
    for (const provider of ['OPENAI', 'LIVEPERSON']) {
      const behind = whole.slice(index + 1).filter((row) => row.provider === provider)
      const page = await certificatePage(stack, { first: 100, after, filter: { providers: [provider] } })
      expect(idsOf(page.nodes)).toEqual(idsOf(behind))
    }
  })
})
