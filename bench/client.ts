import { setTimeout as sleep } from 'node:timers/promises'

/** Sends an operation to the program at a URL. Returns its data. */
export async function queryAt<Data>(url: string, query: string, variables: object = {}): Promise<Data> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  return ((await response.json()) as { data: Data }).data
}

interface Read {
  readonly certificates: { readonly totalCount: number; readonly complete: boolean } | null
}

/** Waits until everything is read, and returns the number of certificates. On a slow machine, it takes several operations. */
export async function readAll(url: string): Promise<number> {
  for (;;) {
    const { certificates } = await queryAt<Read>(url, '{ certificates(first: 1) { totalCount complete } }')
    if (certificates?.complete) return certificates.totalCount
    // The number of calls that may wait is limited: later operations read the other accounts.
    await sleep(100)
  }
}
