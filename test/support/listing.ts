const query = (argument: string) => `{
  certificates(first: 100, filter: { includeDeleted: true } ${argument}) {
    nodes { id name expiresAt asOf stale }
    totalCount complete fresh
    sources { place { id } kind status asOf certificateCount error { code message } }
  }
}`

/** The certificates of all places, and how they were read. */
export interface Listing {
  readonly nodes: readonly {
    readonly id: string
    readonly name: string | null
    readonly asOf: string
    readonly stale: boolean
  }[]
  readonly totalCount: number
  readonly complete: boolean
  readonly fresh: boolean
  readonly sources: readonly {
    readonly place: { readonly id: string }
    readonly kind: string
    readonly status: string
    readonly error: { readonly code: string; readonly message: string } | null
  }[]
}

interface Asked {
  ask<Data>(text: string): Promise<{ readonly data: Data }>
}

/** Lists all certificates. */
export async function list(program: Asked, argument = ''): Promise<Listing> {
  const { data } = await program.ask<{ readonly certificates: Listing }>(query(argument))
  return data.certificates
}
