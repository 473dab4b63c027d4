import type { z } from 'zod'
import type { Limit } from '../upstream/rate-limit/limit.ts'
import type { Environment } from './substitution.ts'

/** Where paths in a configuration lead. */
export interface ConfigFolders {
  /** What relative paths are relative to: the folder of the configuration file. */
  readonly base: string
  /** What `~` stands for. */
  readonly home: string
}

/** What a vendor has below its key in the configuration file, and how to say it without a file. */
export interface ConfigPart<Config> {
  /** How long a reading serves unless configured, in milliseconds. */
  readonly ttl: number
  /** How often the vendor lets itself be called. */
  readonly limits: readonly Limit[]
  /** Checks the part and turns it into the vendor's configuration. */
  schema(folders: ConfigFolders): z.ZodType<Config>
  readonly shortForm: ShortForm
  /** Every value that must not appear in a log line or message. */
  secretsOf(config: Config): readonly string[]
}

/** Environment variables that stand for one small part. One of them present makes all the required ones due. */
export interface ShortForm {
  /** Each variable with the setting it stands for, below the vendor's key. */
  readonly required: Readonly<Record<string, string>>
  readonly optional: Readonly<Record<string, string>>
  toPart(env: Environment): unknown
}
