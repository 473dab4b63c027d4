import { inspect } from 'node:util'
import type { Documents } from './documents.ts'

/** The published documents of one vendor, and how its emulator and its client are compared with them. */
export interface VendorSpecs {
  /** The files of the OpenAPI documents, by a name that is unique among all vendors. */
  readonly documents: Readonly<Record<string, string>>
  /**
   * The client's parsers by the path of the API. Integers in a body are exact, as in the client. A parser throws when it
   * cannot read a body completely.
   */
  readonly parsers: Readonly<Record<string, (body: unknown) => void>>
  /** Recorded bodies, in a folder beside the documents: the path of the API by file. */
  readonly examples: Readonly<Record<string, string>>
  check(context: SpecContext): Promise<void>
}

export interface SpecContext {
  /** The folder with the documents. */
  readonly folder: string
  readonly documents: Documents
  /** Validates a response of an emulator with a document, and runs the client's parser on it. */
  readonly check: Check
}

export type Check = (
  what: string,
  document: string,
  path: string,
  status: number,
  call: Promise<Response>,
) => Promise<void>

/** Parses a row. Every row of a published body must be parsed without issues. */
type ParseRow = (row: unknown) => { readonly issues?: readonly string[]; readonly id?: string } | null

/** @throws when a row cannot be read completely */
export function parseCompletely(rows: readonly unknown[], parseRow: ParseRow): void {
  for (const row of rows) {
    const parsed = parseRow(row)
    if (!parsed) throw new Error(`unreadable: ${inspect(row)}`)
    if (parsed.issues && parsed.issues.length > 0) throw new Error(parsed.issues.join(', '))
  }
}
