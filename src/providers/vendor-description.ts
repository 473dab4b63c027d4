/** A vendor in the descriptions and examples of the schema. This file imports nothing: the schema kit depends on it. */
export interface VendorDescription {
  /** The value of the enum CertificateProvider, and its description. */
  readonly provider: string
  readonly description: string
  /** Sentences for descriptions that all vendors share. */
  readonly notes?: VendorNotes
  /** Kinds of readings that only this vendor has, as values of the enum SourceKind. */
  readonly sourceKinds?: Readonly<Record<string, { readonly description: string }>>
  /** Its part of the queries that GraphiQL opens with. */
  readonly queries?: VendorQueries
}

/** By the field or argument whose description the sentence is appended to. */
interface VendorNotes {
  readonly certificates?: string
  readonly expiringUncovered?: string
  readonly includeDeleted?: string
}

export interface VendorQueries {
  /** Selects what the first query shows of a certificate, besides the fields of all vendors. */
  readonly certificateSelection?: string
  /** Queries about this vendor. Each begins with a question in a comment and has a name. */
  readonly queries?: readonly string[]
}

/** A description followed by the notes of all vendors on the topic. */
export function withNotes(
  description: string,
  vendors: readonly VendorDescription[],
  topic: keyof VendorNotes,
): string {
  return [description, ...vendors.flatMap(({ notes }) => notes?.[topic] ?? [])].join(' ')
}
