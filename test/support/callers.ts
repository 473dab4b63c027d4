import { createHash } from 'node:crypto'

export const digestOf = (key: string) => createHash('sha256').update(key).digest('hex')

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly data?: Record<string, unknown> | null
  readonly errors?: readonly {
    readonly message: string
    readonly path?: readonly unknown[]
    readonly extensions: object
  }[]
  /** The body as it was received. */
  readonly text: string
}

/** Sends an operation over HTTP with a key, with a token or without a credential. */
export async function askAs(
  url: string,
  credential: string | null,
  query: string,
  variables: object = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(credential !== null && { authorization: `Bearer ${credential}` }),
    },
    body: JSON.stringify({ query, variables }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, text, ...JSON.parse(text) }
}

/** A key for every place, and one for some places of the sandbox. */
export const twoKeys = ['cg_sees-everything-0123456789', 'cg_sees-some-places-0123456789'] as const
export const somePlaces = ['org_bluequay', 'K-2CB4PY1', '52710934']

/** The section of the configuration file for these keys. */
export function accessForTwoKeys(scopes: readonly string[]) {
  return {
    apiKeys: twoKeys.map((key, index) => ({
      name: key,
      sha256: digestOf(key),
      scopes,
      ...(index > 0 && { places: somePlaces }),
    })),
  }
}
