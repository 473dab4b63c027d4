/** Limits of one GraphQL request. */
export interface RequestLimits {
  /** Levels of nested fields. */
  readonly depth: number
  readonly aliases: number
  /** Fields of the operation type itself. */
  readonly rootFields: number
  readonly directives: number
  readonly tokens: number
  /** Bytes of the request body. */
  readonly body: number
  /** Operations per request. */
  readonly batching: number
  readonly cost: number
}

/** Limits of concurrent GraphQL operations. */
export interface OperationLimits {
  readonly executing: number
  readonly waiting: number
  /** Operations of one identified caller, executing or waiting. */
  readonly perCaller: number
}

/** Limits of open streams. */
export interface StreamLimits {
  readonly open: number
  /** Streams of one identified caller, or of one address. */
  readonly perCaller: number
}

/** Limits of single fields. */
export interface FieldLimits {
  /** Entities per `Query._entities`. */
  readonly representations: number
  /** Ids per `Query.nodes`. */
  readonly nodes: number
}

/** Limits of one reading: of a list of a vendor with all its pages. */
export interface ReadingLimits {
  readonly pages: number
  readonly rows: number
  /** Bytes of all responses together. */
  readonly bytes: number
}

/** What one request, one caller and one vendor response may cost this process. */
export interface Limits extends RequestLimits, FieldLimits {
  /** Bytes of the answer to an operation. */
  readonly answer: number
  readonly operations: OperationLimits
  readonly streams: StreamLimits
  readonly reading: ReadingLimits
  /** Bytes of answers that wait until one caller reads them. */
  readonly unsent: number
  /** Bytes of one response of a vendor. */
  readonly vendorBody: number
}

/** The limits when `limits:` in the configuration sets no others. */
export const defaultLimits: Limits = {
  depth: 12,
  aliases: 50,
  rootFields: 20,
  directives: 20,
  tokens: 2_000,
  body: 100_000,
  batching: 1,
  cost: 5_000,
  representations: 200,
  nodes: 100,
  answer: 16 * 1024 ** 2,
  vendorBody: 32 * 1024 ** 2,
  unsent: 64 * 1024 ** 2,
  reading: { pages: 1_000, rows: 100_000, bytes: 256 * 1024 ** 2 },
  operations: { executing: 200, waiting: 2_000, perCaller: 20 },
  streams: { open: 1_000, perCaller: 20 },
}
