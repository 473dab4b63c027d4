import type { ChangeKind } from '../../src/changes/change.ts'
import { whileTimePasses } from './passing-time.ts'
import type { Stack } from './stack.ts'

export interface ListedChange {
  readonly id: string
  readonly kind: ChangeKind
  readonly at: string
  readonly place: { readonly vendorId: string }
  readonly certificateId: string
  readonly name: string | null
  readonly expiresAt: string | null
  readonly expiryStatus: string | null
  readonly replacesId: string | null
  readonly actor: string | null
}

export interface ListedChanges {
  readonly nodes: readonly ListedChange[]
  readonly totalCount: number
  readonly recordedSince: string | null
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean }
}

const ownFields = 'id kind at place { vendorId } certificateId name expiresAt expiryStatus replacesId actor'

/** A query that reads nothing at a vendor. With the certificates, it may. */
export const changesQuery = (args = 'first: 100', fields = ownFields) => `{
  certificateChanges(${args}) {
    nodes { ${fields} }
    totalCount recordedSince pageInfo { endCursor hasNextPage }
  }
}`

type Program = Pick<Stack, 'ask' | 'clock'>

/** Reads all places again, a while later. */
export async function readAgain({ ask, clock }: Program): Promise<void> {
  clock.advance(600_000)
  const query = '{ certificates(first: 1, maxStaleness: "PT1S") { totalCount } }'
  await whileTimePasses(clock, ask(query), 60_000)
}

export async function listChanges({ ask, clock }: Program, args?: string, fields?: string): Promise<ListedChanges> {
  const { data, errors } = await whileTimePasses(
    clock,
    ask<{ certificateChanges: ListedChanges }>(changesQuery(args, fields)),
    60_000,
  )
  if (errors) throw new Error(JSON.stringify(errors))
  return data.certificateChanges
}

/** The changes in words, the newest first. */
export async function changesOf(program: Program, args?: string): Promise<readonly string[]> {
  const { nodes } = await listChanges(program, args)
  return nodes.map(({ kind, place, name, expiryStatus }) =>
    [kind, name, ...(expiryStatus ? [expiryStatus] : []), 'in', place.vendorId].join(' '),
  )
}
