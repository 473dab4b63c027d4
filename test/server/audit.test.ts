import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { serverAudits } from 'graphql-http'
import { type Stack, startStack } from '../support/stack.ts'

const csrf = 'A GET needs a header that no page of another site can set: GraphQL is not to be had by a mere link.'

/** The optional requirements of the audit that this server does not meet, with the reasons. */
const notServed: Readonly<Record<string, string>> = {
  'MAY accept application/x-www-form-urlencoded formatted GET requests': csrf,
  'MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/graphql-response+json':
    csrf,
  'MAY allow URL-encoded JSON string {variables} parameter in GETs when accepting application/json': csrf,
}

let stack: Stack
const audits = serverAudits({ url: () => stack.url, fetchFn: fetch })

beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack.close())

describe('the server, audited by graphql-http', () => {
  it.each(audits.filter(({ name }) => !name.startsWith('MAY')).map((audit) => [audit.name, audit] as const))(
    'passes: %s',
    async (_name, audit) => {
      expect(await audit.fn()).toMatchObject({ status: 'ok' })
    },
  )

  it('passes the optional audits, except those listed with a reason', async () => {
    const may = await Promise.all(audits.filter(({ name }) => name.startsWith('MAY')).map((audit) => audit.fn()))
    const failed = may.filter(({ status }) => status !== 'ok').map(({ name }) => name)
    expect(failed.sort()).toEqual(Object.keys(notServed).sort())
  })

  it('passes the optional audits of GET when the CSRF header is sent', async () => {
    const withHeader: typeof fetch = (input, init) =>
      fetch(input, { ...init, headers: { ...init?.headers, 'x-graphql-yoga-csrf': '1' } })
    const all = serverAudits({ url: stack.url, fetchFn: withHeader })
    const results = await Promise.all(all.map((audit) => audit.fn()))
    expect(results.filter(({ status }) => status !== 'ok').map(({ name }) => name)).toEqual([])
  })
})
