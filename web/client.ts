import { type Client, cacheExchange, createClient, fetchExchange, mapExchange } from '@urql/core'
import { readTime } from './clock.ts'
import { noteAnswer, type SessionStore } from './session.ts'
import { fetchInTime } from './timed-fetch.ts'

/** Creates the client of the API on the server that the page is from, for the present key. */
export function createApiClient(session: SessionStore): Client {
  const { key } = session.get()
  return createClient({
    url: '/graphql',
    exchanges: [
      cacheExchange,
      // After the cache, so that an answer from the cache has the time at which it was received.
      mapExchange({
        onResult: (result) => ({ ...result, extensions: { ...result.extensions, receivedAt: readTime() } }),
      }),
      fetchExchange,
    ],
    // Without it, urql sends short queries with GET.
    preferGetMethod: false,
    requestPolicy: 'cache-and-network',
    fetchOptions: () => (key === null ? {} : { headers: { authorization: `Bearer ${key}` } }),
    async fetch(input, init) {
      const response = await fetchInTime(input, init)
      // An answer to an earlier key says nothing about the present one.
      if (session.get().key === key) noteAnswer(session, response, readTime(), Date.now())
      return response
    },
  })
}
