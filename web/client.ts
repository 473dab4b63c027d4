import { type Client, cacheExchange, createClient, fetchExchange } from '@urql/core'

/** Creates the client of the API on the server that the page is from. */
export function createApiClient(): Client {
  return createClient({
    url: '/graphql',
    exchanges: [cacheExchange, fetchExchange],
    // Without it, urql sends short queries with GET.
    preferGetMethod: false,
    requestPolicy: 'cache-and-network',
  })
}
