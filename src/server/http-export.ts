import type { DocumentNode } from 'graphql'
import type { TimeSlice } from '../time-slice.ts'
import type { Variables } from './variables.ts'

/** Whether no certificate is missing. */
export const completeHeader = 'x-certgraph-complete'
/** Whether no data is older than it should be. */
export const freshHeader = 'x-certgraph-fresh'
/** Why the file is not complete or not fresh, as ASCII; absent when it is. */
export const reasonsHeader = 'x-certgraph-reasons'

/** A list of certificates that is downloaded as one file. */
export interface HttpExport<Context> {
  /** The name in the log and in the metrics. */
  readonly name: string
  readonly path: string
  /** Whether the tokens of feeds are accepted. */
  readonly isFeed: boolean
  /** Imports the code, and returns the function that parses a query string. */
  load(): Promise<(query: URLSearchParams) => ParsedExport<Context>>
}

/** What is wrong with a parameter, and what would be right. */
export interface ParameterMistake {
  readonly parameter: string
  readonly message: string
}

export type ParsedExport<Context> =
  | { readonly mistakes: readonly ParameterMistake[] }
  | {
      /** What the response must be; otherwise there is none. */
      readonly requirements: ReadonlySet<ExportRequirement>
      /** The query with the same calls to vendors, which gives the export its cost. */
      readonly equivalent: { readonly document: DocumentNode; readonly variables: Variables }
      /** Reads the vendors. @throws InputError, RequestError */
      read(context: Context): Promise<ReadExport>
    }

export const exportRequirements = ['complete', 'fresh'] as const
export type ExportRequirement = (typeof exportRequirements)[number]

/** What an export has, before it is written. It does not change any more. */
export interface ReadExport {
  readonly contentType: string
  readonly fileName: string
  /** Why certificates may be missing, one sentence each. Empty: none is missing. */
  readonly incompleteReasons: readonly string[]
  /** Why data may be old, one sentence each. Empty: none is. */
  readonly staleReasons: readonly string[]
  /** When a reading may have what a requirement lacks, where that is known. */
  readonly retryAfterSeconds?: Readonly<Record<ExportRequirement, number | undefined>>
  /** Changes when the content does; undefined when there is none. */
  readonly etag?: string | undefined
  /** The file in parts, each of which is made when it is needed. */
  write(timeSlice: TimeSlice, progress: ExportProgress): AsyncIterable<Uint8Array>
}

/** What was written so far. */
export interface ExportProgress {
  rows: number
}
