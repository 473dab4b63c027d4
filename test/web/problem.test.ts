import { describe, expect, it } from '@jest/globals'
import { CombinedError } from '@urql/core'
import { isFromServer, toProblem } from '../../web/problem.ts'

const graphql = (code: string, message: string) =>
  new CombinedError({ graphQLErrors: [{ message, extensions: { code, requestId: 'r-1' } }] })
const html = (status: number) => {
  const response = new Response('<html>login</html>', { status, headers: { 'content-type': 'text/html' } })
  return new CombinedError({ networkError: new Error('<html>login</html>'), response })
}

describe('the reason of a missing answer', () => {
  it('is that of the server', () => {
    const error = graphql('OVERLOADED', 'Too many requests')
    expect(toProblem(error)).toEqual({
      title: 'The server is busy',
      detail: 'Too many requests',
      requestId: 'r-1',
      needsReload: false,
    })
    expect(isFromServer(error)).toBe(true)
  })

  it('is an update when the server refuses the operation of an earlier page', () => {
    expect(toProblem(graphql('PERSISTED_QUERY_NOT_IN_LIST', 'PersistedQueryNotFound'))).toEqual({
      title: 'certgraph was updated',
      detail: 'This page is of another version than the server. Reload it.',
      requestId: 'r-1',
      needsReload: true,
    })
  })

  it.each([
    [200, true],
    [502, false],
  ])('is the proxy when it answers with HTML and the status %i', (status, isWanted) => {
    const { title, detail, needsReload } = toProblem(html(status))
    expect(title).toBe('The answer is not from certgraph')
    expect(detail).toContain(`HTTP ${status}`)
    expect(detail).not.toContain('<html>')
    expect(needsReload).toBe(isWanted)
  })

  it('is the connection when there is no response, or JSON that ends early', () => {
    const networkError = new Error('Failed to fetch')
    const response = new Response('{', { headers: { 'content-type': 'application/json' } })
    for (const error of [new CombinedError({ networkError }), new CombinedError({ networkError, response })]) {
      expect(toProblem(error)).toMatchObject({ title: 'The server does not answer', detail: 'Failed to fetch' })
      expect(isFromServer(error)).toBe(false)
    }
  })
})
