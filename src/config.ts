import { type DocumentsConfig, parseDocuments } from './config/documents.ts'
import { type ExpiryConfig, expirySettings } from './config/expiry.ts'
import { type FederationConfig, federationSchema } from './config/federation.ts'
import { limitsSchema, writesSchema } from './config/limits.ts'
import { isLoopback } from './config/loopback.ts'
import { mapping } from './config/mapping.ts'
import { type Mistakes, withoutMistakes } from './config/mistakes.ts'
import { type OwnerRuleConfig, ownersSchema } from './config/owners.ts'
import type { ConfigPart } from './config/part.ts'
import { type ProcessSettings, parseProcessSettings, processHints } from './config/process.ts'
import { parseRedis, type RedisConfig, secretsOfRedis } from './config/redis.ts'
import { parseServer, type ServerConfig } from './config/server.ts'
import { findSource, homeOf, type SettingsSource } from './config/source.ts'
import { type Environment, substitute } from './config/substitution.ts'
import { parseUpstream } from './config/upstream.ts'
import { isObject } from './is-object.ts'
import type { Limits } from './limits.ts'
import type { UpstreamSettings } from './upstream/settings.ts'

/** The vendors' sections by their keys in the file. */
export type ConfigParts<Configs> = { readonly [Key in keyof Configs]: ConfigPart<Configs[Key]> }

interface ProviderConfig<Config> {
  readonly config: Config
  readonly upstream: UpstreamSettings
}

/** The validated configuration. Times are in milliseconds. */
export interface Config<Configs> {
  readonly mode: 'live' | 'sandbox'
  readonly server: ServerConfig
  readonly expiry: ExpiryConfig
  /** The first rule that matches a certificate gives its owner. */
  readonly owners: readonly OwnerRuleConfig[]
  /** How long one GraphQL operation may take. */
  readonly deadline: number
  /** Whether mutations may change anything at a vendor. */
  readonly writes: boolean
  readonly limits: Limits
  readonly documents: DocumentsConfig
  readonly federation: FederationConfig
  /** Null when this process has no replicas. */
  readonly redis: RedisConfig | null
  /** The configured vendors. Empty when the emulators of the sandbox have not started. */
  readonly providers: { readonly [Key in keyof Configs]?: ProviderConfig<Configs[Key]> }
  /** Values that must not appear in a log line or message. */
  readonly secrets: readonly string[]
}

const enabledForEveryClient =
  'enabled for every client that reaches HOST; expected "access" with apiKeys or jwt in place of "access: public", or writes: disabled'

/** The sections of the file besides those of the vendors. */
const sections = [
  'server',
  'access',
  'expiry',
  'owners',
  'upstream',
  'redis',
  'writes',
  'limits',
  'documents',
  'federation',
] as const

interface ProcessEnvironment {
  readonly env: Environment
  /** The folder of relative paths when there is no configuration file. */
  readonly cwd: string
}

/**
 * Reads the configuration file, or the environment variables of the short form. In sandbox mode `providers` is empty: the
 * configuration of the started emulators then goes through `parseConfig`.
 * @throws ConfigError with all mistakes
 */
export function loadConfig<Configs extends object>(
  parts: ConfigParts<Configs>,
  { env, cwd }: ProcessEnvironment,
): Config<Configs> {
  return withoutMistakes((mistakes) => {
    const start = parseProcessSettings(env, mistakes)
    const shortForms = Object.fromEntries(keysOf(parts).map((key) => [key, parts[key].shortForm]))
    const source = findSource(shortForms, { env, cwd }, start, mistakes)
    return source && toConfig(parts, source, start, mistakes)
  })
}

/**
 * Parses an object in the form of the configuration file, with the same checks.
 * @throws ConfigError with all mistakes
 */
export function parseConfig<Configs extends object>(
  parts: ConfigParts<Configs>,
  file: unknown,
  { env, cwd, mode }: ProcessEnvironment & Pick<SettingsSource, 'mode'>,
): Config<Configs> {
  return withoutMistakes((mistakes) => {
    const start = parseProcessSettings(env, mistakes)
    const settings = substitute(file ?? null, env, mistakes)
    const folders = { base: cwd, home: homeOf(env) }
    return toConfig(parts, { mode, settings, folders }, start, mistakes)
  })
}

function toConfig<Configs extends object>(
  parts: ConfigParts<Configs>,
  { mode, settings, folders }: SettingsSource,
  start: ProcessSettings,
  mistakes: Mistakes,
): Config<Configs> | undefined {
  const vendors = keysOf(parts)
  const file: Record<string, unknown> = isObject(settings) ? settings : {}
  const { expiry: expirySection, upstream: upstreamSection, redis: redisSection, writes: writesSetting } = file
  const { limits: limitsSection, documents: documentsSection, federation: federationSection } = file
  mistakes.read(mapping({}, { others: [...sections, ...vendors], hints: processHints }), settings ?? {}, [])
  if (settings !== undefined && vendors.every((vendor) => file[vendor] === undefined))
    mistakes.add([], `has no place; expected at least one of ${vendors.join(', ')}`)

  const server = parseServer(file, start, mode, mistakes)
  const expiry = mistakes.read(expirySettings(expirySection, parts), expirySection, ['expiry'])
  const owners = mistakes.read(ownersSchema(parts), file['owners'], ['owners'])
  const upstream = parseUpstream(upstreamSection, parts, mistakes)
  const allowed = mistakes.read(writesSchema, writesSetting, ['writes'])
  // The certificates of the sandbox are invented.
  const writes = mode === 'sandbox' || allowed === 'enabled'
  if (mode === 'live' && writes && server?.access === 'public' && !isLoopback(server.host))
    mistakes.add(['writes'], enabledForEveryClient)
  const redis = parseRedis(redisSection, mode, mistakes)
  const limits = mistakes.read(limitsSchema, limitsSection, ['limits'])
  const documents = parseDocuments(documentsSection, folders, mistakes)
  const federation = mistakes.read(federationSchema, federationSection, ['federation'])

  const providers: { -readonly [Key in keyof Configs]?: ProviderConfig<Configs[Key]> } = {}
  const secrets: string[] = redis ? [...secretsOfRedis(redis)] : []
  for (const vendor of vendors) {
    if (file[vendor] === undefined) continue
    const part = parts[vendor]
    const config = mistakes.read(part.schema(folders), file[vendor], [vendor])
    if (config === undefined) continue
    providers[vendor] = { config, upstream: upstream.of(vendor, part) }
    secrets.push(...part.secretsOf(config))
  }
  if (!server || !expiry || !owners || !limits || !documents || !federation) return undefined
  const { deadline } = upstream
  return { mode, server, expiry, owners, deadline, writes, limits, documents, federation, redis, providers, secrets }
}

function keysOf<Configs extends object>(parts: ConfigParts<Configs>): Extract<keyof Configs, string>[] {
  const keys: Extract<keyof Configs, string>[] = []
  for (const key in parts) keys.push(key)
  return keys
}
