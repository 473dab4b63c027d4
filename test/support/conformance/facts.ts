import type { ProviderList } from '../../../src/providers/provider.ts'
import type { Call } from '../../../src/sandbox/call.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'

/** The facts that the conformance suite needs about a vendor. All else comes from its list entry and the schema. */
export interface ProviderFacts<Config = never> {
  /** The vendors of the program under test. Default: the vendors in `src`. */
  readonly list?: ProviderList | undefined
  /** The vendor's key in the configuration file. */
  readonly key: string
  /** Its value in the enum CertificateProvider. */
  readonly provider: string
  /** Its name in messages. */
  readonly brand: string
  /** Starts the emulator with its own varied data, or with places of equal size. */
  start(options: EmulatorOptions): Promise<Sandbox<Config, unknown>>
  /** The section of the configuration file with the first places only, each with the places below it by name. */
  section(config: Config, places: number): object
  /** The vendor's ids of the first place and of the places it belongs to: what a caller that may see it is allowed. */
  readonly firstPlace: readonly string[]
  /** The vendor's ids of the first two places that have a list. */
  readonly placeIds: readonly [string, string]
  /** Whether the call reads the list of certificates of the place with that id, or of any place when it is null. */
  isList(call: Call, placeId: string | null, config: Config): boolean
  /** The most rows in one page of the list. Null: the vendor sends the whole list at once. */
  readonly pageSize: number | null
  /** The members of a page that say whether there is a next page, where a flag does, and which one. Null without pages. */
  readonly pageMarkers: { readonly flag?: string; readonly token: string } | null
  /** The body of a list with other rows. */
  mapRows(body: unknown, change: (rows: readonly object[]) => readonly unknown[]): unknown
  /** The member of a row that holds the vendor's id. */
  readonly idMember: string
  /** A member of a row, a value of the wrong type for it, and the parse issue that names it. */
  readonly wrongType: { readonly member: string; readonly value: unknown; readonly issue: string }
}

interface EmulatorOptions {
  readonly now: () => number
  readonly limits: boolean
  /** Two places or more, each with that many certificates. Absent: the emulator's own data. */
  readonly scale?: { readonly places: number; readonly certificates: number }
}
