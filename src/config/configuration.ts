import type { Limits } from '../limits.ts'
import type { OwnerRule } from '../owners/owner-rule.ts'
import type { UpstreamSettings } from '../upstream/settings.ts'
import type { DocumentsConfig } from './documents.ts'
import type { ExpiryConfig } from './expiry.ts'
import type { FederationConfig } from './federation.ts'
import type { MetricsConfig } from './metrics.ts'
import type { SettingPath } from './mistakes.ts'
import type { NotifyEndpoint } from './notify.ts'
import type { ConfigPart } from './part.ts'
import type { RedisConfig } from './redis.ts'
import type { SandboxFaults } from './sandbox-faults.ts'
import type { ServerConfig } from './server.ts'
import type { StateConfig } from './state.ts'

/** The vendors' sections by their keys in the file. */
export type ConfigParts<Configs> = { readonly [Key in keyof Configs]: ConfigPart<Configs[Key]> }

export interface ProviderConfig<Config> {
  readonly config: Config
  readonly upstream: UpstreamSettings
  /** The settings that limit what is read of an account, by its id. */
  readonly restrictions: ReadonlyMap<string, readonly string[]>
}

/** The validated configuration. Times are in milliseconds. */
export interface Config<Configs> {
  readonly mode: 'live' | 'sandbox'
  readonly server: ServerConfig
  readonly expiry: ExpiryConfig
  /** The first rule that matches a certificate gives its owner. */
  readonly owners: readonly OwnerRule[]
  /** How long one GraphQL operation may take. */
  readonly deadline: number
  /** Whether mutations may change anything at a vendor. */
  readonly writes: boolean
  readonly limits: Limits
  readonly documents: DocumentsConfig
  readonly federation: FederationConfig
  readonly metrics: MetricsConfig
  /** The endpoints that changes are sent to. */
  readonly notify: readonly NotifyEndpoint[]
  /** Null when this process has no replicas. */
  readonly redis: RedisConfig | null
  readonly state: StateConfig
  /** The configured vendors. Empty when the emulators of the sandbox have not started. */
  readonly providers: { readonly [Key in keyof Configs]?: ProviderConfig<Configs[Key]> }
  /** Values that must not appear in a log line or message. */
  readonly secrets: readonly string[]
  /** The faults of the emulated vendors. */
  readonly sandboxFaults: SandboxFaults
  readonly source: ConfigSource
}

/** Where a configuration comes from. */
export interface ConfigSource {
  /** The path of the configuration file; null without one. */
  readonly file: string | null
  /** Whether the sandbox was started although something else may be configured. */
  readonly isSandboxForced: boolean
  /** Variables that are set but not used, because the file or the sandbox is used in their place. */
  readonly ignoredVariables: readonly string[]
  /** The name of a setting, for mistakes that are found later, after its position in the file. */
  locate(path: SettingPath): string
  /** The name of a setting where it is set, or can be set: in the file, or as a variable. */
  nameOf(path: SettingPath): string
}
