import type { z } from 'zod'
import type { Limit } from '../upstream/rate-limit/limit.ts'
import type { ReadFiles } from './read-files.ts'
import type { Environment } from './variables.ts'

/** The folders that paths in the configuration refer to, and how files are read. */
export interface ConfigFolders {
  /** The folder of relative paths: that of the configuration file. */
  readonly base: string
  /** The folder of `~`. */
  readonly home: string
  readonly files: ReadFiles
}

/** A vendor's section of the configuration file, and its short form as environment variables. */
export interface ConfigPart<Config> {
  /** The value of the enum CertificateProvider. */
  readonly provider: string
  /** How long a reading is fresh by default, in milliseconds. */
  readonly ttl: number
  /** The vendor's rate limits. */
  readonly limits: readonly Limit[]
  /** Parses the section. */
  schema(folders: ConfigFolders): z.ZodType<Config>
  readonly shortForm: ShortForm
  /** Returns the settings that limit what is read of an account, such as a list of its places, by its id. */
  restrictionsOf?(config: Config): ReadonlyMap<string, readonly string[]>
  /** The section as one would write it in the file. Absent where the configuration has the same form. */
  toSection?(config: Config): object
  /** Returns every value that must not appear in a log line or message. */
  secretsOf(config: Config): readonly string[]
}

/** Environment variables in place of a configuration file. If one of them is set, all the required ones must be. */
export interface ShortForm {
  /** The setting in the vendor's section, by variable. */
  readonly required: Readonly<Record<string, string>>
  readonly optional: Readonly<Record<string, string>>
  /** Builds the section from the variables. */
  toPart(env: Environment): unknown
}
