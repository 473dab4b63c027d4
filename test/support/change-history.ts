import type { ChangeKind } from '../../src/changes/change.ts'
import { whileTimePasses } from './passing-time.ts'
import type { Stack } from './stack.ts'

interface ListedChange {
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

const readEverything = '{ certificates(first: 1, maxStaleness: "PT1S") { totalCount } }'

/** Reads all places again, a while later. The vendors answer. */
export async function readAgain({ ask, clock }: Program): Promise<void> {
  clock.advance(600_000)
  await ask(readEverything)
}

/** The same while a vendor fails: calls to it are repeated, which takes time. */
export async function readInVain({ ask, clock }: Program): Promise<void> {
  clock.advance(600_000)
  await whileTimePasses(clock, ask(readEverything), 60_000)
}

/** The list waits for no timer. */
export async function listChanges(
  { ask }: Pick<Program, 'ask'>,
  args?: string,
  fields?: string,
): Promise<ListedChanges> {
  const { data, errors } = await ask<{ certificateChanges: ListedChanges }>(changesQuery(args, fields))
  if (errors) throw new Error(JSON.stringify(errors))
  return data.certificateChanges
}

/** The changes in words, the newest first. */
export async function changesOf(program: Pick<Program, 'ask'>, args?: string): Promise<readonly string[]> {
  const { nodes } = await listChanges(program, args)
  return nodes.map(({ kind, place, name, expiryStatus }) =>
    [kind, name, ...(expiryStatus ? [expiryStatus] : []), 'in', place.vendorId].join(' '),
  )
}
