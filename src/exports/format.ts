import type { GraphQLInputFieldConfigMap } from 'graphql'
import type { Source } from '../providers/place.ts'
import type { TimeSlice } from '../time-slice.ts'
import type { ExportRow, ListedRow } from './export-row.ts'

/** What the texts of an export need of the configuration. */
export interface ExportSettings {
  /** Where people reach this program, without a trailing slash; null: there are no links. */
  readonly publicUrl: string | null
  /** Whether all certificates are invented. */
  readonly isSandbox: boolean
  /** The version of this program. */
  readonly version: string
  /** The names of the vendors for people, by the values of the enum CertificateProvider. */
  readonly brands: ReadonlyMap<string, string>
}

/** What is exported. It does not change any more. */
export interface ExportContent {
  readonly settings: ExportSettings
  /** Wall-clock time of the export. */
  readonly now: number
  /** Why certificates may be missing, one sentence each. Empty: none is missing. */
  readonly incompleteReasons: readonly string[]
  /** Why data may be old, one sentence each. Empty: none is. */
  readonly staleReasons: readonly string[]
  /** The parameters that select certificates, as they were given. */
  readonly conditions: readonly (readonly [name: string, value: string])[]
  /** The reports on every place and discovery that was read, failed ones included. */
  readonly sources: readonly Source[]
  /** Those that could not be read, if certificates may be missing. */
  readonly failedSources: readonly FailedSource[]
  /** Returns every row in order, in batches that are made in slices of time. It may be called again. */
  rows(timeSlice: TimeSlice): AsyncIterable<readonly ExportRow[]>
}

export interface FailedSource extends Pick<Source, 'place' | 'kind'> {
  /** Wall-clock time of the first attempt to read it after the last success; null when no attempt was made. */
  readonly since: number | null
}

/** A kind of file. */
export interface ExportFormat {
  readonly contentType: string
  readonly fileName: string
  /**
   * The query parameters that only this format has. With a flag `x509` that is true, the serial numbers and fingerprints are
   * read that a vendor's list lacks.
   */
  readonly parameters?: GraphQLInputFieldConfigMap
  /** Whether the file does not say which certificates are in force. It is then not read where a vendor's list lacks it. */
  readonly omitsActive?: boolean
  /** What the entity tag is made from, so that a client can be answered that it has the file. Absent: it has no tag. */
  readonly tagged?: TaggedContent
  /**
   * Writes the file in pieces of a few rows.
   * @param parameters the values of the query parameters, converted by their types
   */
  write(
    content: ExportContent,
    timeSlice: TimeSlice,
    parameters: Readonly<Record<string, unknown>>,
  ): AsyncIterable<string>
}

/** What a file says, without the times at which it was read. */
export interface TaggedContent {
  /** What it says besides its certificates. */
  head(content: ExportContent): string
  /** What it says of a certificate, as a text that depends on the row and the settings alone. Empty: nothing. */
  certificate(row: ListedRow, settings: ExportSettings): string
}

/** An export as the server lists it, without the code that writes it. */
export interface ListedExport {
  readonly name: string
  readonly path: string
  /** The content type without its parameters, by which a client recognizes the file. */
  readonly mediaType: string
  /** Whether the tokens of feeds are accepted. */
  readonly isFeed?: boolean
  /** Imports the code, so that a start pays for no export. */
  load(): Promise<ExportFormat>
}
