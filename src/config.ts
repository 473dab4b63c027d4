import type { AccessConfig } from './config/access.ts'
import type { Config, ConfigParts, ConfigSource, ProviderConfig } from './config/configuration.ts'
import { parseDocuments } from './config/documents.ts'
import { variableFor, withEnvironmentSettings } from './config/environment-settings.ts'
import { expirySettings } from './config/expiry.ts'
import { federationSchema } from './config/federation.ts'
import { limitsSchema, writesSchema } from './config/limits.ts'
import { isLoopback } from './config/loopback.ts'
import { mapping } from './config/mapping.ts'
import { parseMetrics } from './config/metrics.ts'
import { type Mistakes, pathText, withoutMistakes } from './config/mistakes.ts'
import { parseNotify, secretsOfNotify } from './config/notify.ts'
import { ownersSchema, parseValidRules } from './config/owners.ts'
import { type ProcessSettings, parseProcessSettings, processHints } from './config/process.ts'
import { ReadFiles } from './config/read-files.ts'
import { parseRedis, secretsOfRedis } from './config/redis.ts'
import { parseSandboxFaults, type SandboxFaults } from './config/sandbox-faults.ts'
import { parseServer } from './config/server.ts'
import type { ShortForms } from './config/short-form.ts'
import { findIgnoredBySandbox, findSource, homeOf, type SettingsSource } from './config/source.ts'
import { parseState } from './config/state.ts'
import { substitute } from './config/substitution.ts'
import { parseUpstream } from './config/upstream.ts'
import { type Environment, Variables } from './config/variables.ts'
import { isObject } from './is-object.ts'
import type { OwnerRule } from './owners/owner-rule.ts'

/** Finds mistakes between sections, of which others may be invalid. An owner's rule with a mistake is undefined. */
export type FindMistakes<Providers> = (
  settings: {
    readonly providers: Providers
    readonly owners: readonly (OwnerRule | undefined)[]
    readonly access: AccessConfig
  },
  locate: ConfigSource['locate'],
) => readonly string[]

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
  'state',
  'writes',
  'limits',
  'documents',
  'federation',
  'metrics',
  'notify',
] as const

export interface ProcessEnvironment {
  readonly env: Environment
  /** The folder of relative paths when there is no configuration file. */
  readonly cwd: string
  /** Records the files that are read. */
  readonly files?: ReadFiles
}

/**
 * Reads the configuration file, or the environment variables of the short form. In sandbox mode `providers` is empty: the
 * configuration of the started emulators then goes through `parseConfig`.
 * @param findMore called for a configuration that has mistakes elsewhere: the start finds these in any other one
 * @throws ConfigError with all mistakes
 */
export function loadConfig<Configs extends object>(
  parts: ConfigParts<Configs>,
  environment: ProcessEnvironment,
  findMore: FindMistakes<Config<Configs>['providers']> = () => [],
): Config<Configs> {
  return withoutMistakes((mistakes) => {
    const start = parseProcessSettings(environment.env, mistakes)
    const reading = toReading(environment)
    const source = findSource(shortFormsOf(parts), reading, start, mistakes)
    return source && toConfig(parts, source, start, reading.variables, mistakes, findMore)
  })
}

/**
 * Parses an object in the form of the configuration file, with the same checks.
 * @throws ConfigError with all mistakes
 */
export function parseConfig<Configs extends object>(
  parts: ConfigParts<Configs>,
  file: unknown,
  { mode, ...environment }: ProcessEnvironment & Pick<SettingsSource, 'mode'>,
): Config<Configs> {
  return withoutMistakes((mistakes) => {
    const start = parseProcessSettings(environment.env, mistakes)
    const { folders, variables } = toReading(environment)
    const settings = substitute(file ?? null, variables, mistakes)
    const isForced = mode === 'sandbox' && start.sandboxForced
    const ignored = isForced ? findIgnoredBySandbox(shortFormsOf(parts), variables) : []
    return toConfig(parts, { mode, settings, folders, file: null, ignored }, start, variables, mistakes)
  })
}

function shortFormsOf<Configs extends object>(parts: ConfigParts<Configs>): ShortForms {
  return Object.fromEntries(keysOf(parts).map((key) => [key, parts[key].shortForm]))
}

function toReading({ env, cwd, files = new ReadFiles() }: ProcessEnvironment) {
  return { folders: { base: cwd, home: homeOf(env), files }, variables: new Variables(env, cwd, files) }
}

function toConfig<Configs extends object>(
  parts: ConfigParts<Configs>,
  { mode, settings, folders, file: path, ignored }: SettingsSource,
  start: ProcessSettings,
  variables: Variables,
  mistakes: Mistakes,
  findMore: FindMistakes<Config<Configs>['providers']> = () => [],
): Config<Configs> | undefined {
  const vendors = keysOf(parts)
  const completed = withEnvironmentSettings(isObject(settings) ? settings : {}, variables, mistakes)
  const file = completed.settings
  const { expiry: expirySection, upstream: upstreamSection, redis: redisSection, writes: writesSetting } = file
  const { limits: limitsSection, documents: documentsSection, federation: federationSection } = file
  const metrics = parseMetrics(file['metrics'], start, mistakes)
  mistakes.read(
    mapping({}, { others: [...sections, ...vendors], hints: processHints }),
    isObject(settings ?? {}) ? file : settings,
    [],
  )
  if (settings !== undefined && vendors.every((vendor) => file[vendor] === undefined))
    mistakes.add([], `has no place; expected at least one of ${vendors.join(', ')}${explainIgnored(ignored)}`)

  const server = parseServer(file, start, mode, mistakes)
  const expiry = mistakes.read(expirySettings(expirySection, parts), expirySection, ['expiry'])
  const owners = mistakes.read(ownersSchema(parts), file['owners'], ['owners'])
  const notify = parseNotify(file['notify'], owners, mode, mistakes)
  const upstream = parseUpstream(upstreamSection, parts, mistakes, { prefetch: Boolean(notify?.length) })
  const allowed = mistakes.read(writesSchema, writesSetting, ['writes'])
  // The certificates of the sandbox are invented.
  const writes = mode === 'sandbox' || allowed === 'enabled'
  if (mode === 'live' && writes && server?.access === 'public' && !isLoopback(server.host))
    mistakes.add(['writes'], enabledForEveryClient)
  const redis = parseRedis(redisSection, mode, mistakes)
  const state = parseState(file['state'], { mode, folders, file: path, isShared: redis !== null }, mistakes)
  const limits = mistakes.read(limitsSchema, limitsSection, ['limits'])
  const documents = parseDocuments(documentsSection, folders, mistakes)
  const federation = mistakes.read(federationSchema, federationSection, ['federation'])

  const providers: { -readonly [Key in keyof Configs]?: ProviderConfig<Configs[Key]> } = {}
  const secrets: string[] = [...(redis ? secretsOfRedis(redis) : []), ...secretsOfNotify(notify ?? [])]
  for (const vendor of vendors) {
    if (file[vendor] === undefined) continue
    const part = parts[vendor]
    const config = mistakes.read(part.schema(folders), file[vendor], [vendor])
    if (config === undefined) continue
    providers[vendor] = {
      config,
      upstream: upstream.of(vendor, part),
      restrictions: part.restrictionsOf?.(config) ?? new Map(),
    }
    secrets.push(...part.secretsOf(config))
  }
  // Without a vendor's section its places would seem to be unknown.
  const areVendorsValid = vendors.every((vendor) => file[vendor] === undefined || providers[vendor] !== undefined)
  if (mistakes.list.length > 0 && areVendorsValid && Object.keys(providers).length > 0) {
    const rules = parseValidRules(parts, file['owners'])
    mistakes.include(
      findMore({ providers, owners: rules, access: server?.access ?? 'public' }, (at) => mistakes.locate(at)),
    )
  }
  const isRead = server && expiry && owners && limits && documents && federation && metrics && notify && state
  if (!isRead) return undefined
  const { deadline } = upstream
  const sandboxFaults: SandboxFaults =
    mode === 'sandbox' ? parseSandboxFaults(start.sandboxFaults, vendors, mistakes) : new Map()
  const ignoredVariables = [
    ...ignored,
    ...completed.ignored,
    ...(mode === 'live' && start.sandboxFaults !== undefined ? ['CERTGRAPH_SANDBOX_FAULTS'] : []),
  ]
  const source: ConfigSource = {
    file: path,
    isSandboxForced: start.sandboxForced,
    ignoredVariables,
    locate: (at) => mistakes.locate(at),
    nameOf: (at) => completed.variableOf(at) ?? (path === null ? variableFor(at) : undefined) ?? pathText(at),
  }
  return {
    mode,
    server,
    expiry,
    owners,
    deadline,
    writes,
    limits,
    documents,
    federation,
    metrics,
    notify,
    redis,
    state,
    providers,
    secrets,
    sandboxFaults,
    source,
  }
}

function explainIgnored(variables: readonly string[]): string {
  return variables.length === 0 ? '' : `; the file is used in place of ${variables.join(', ')}`
}

function keysOf<Configs extends object>(parts: ConfigParts<Configs>): Extract<keyof Configs, string>[] {
  const keys: Extract<keyof Configs, string>[] = []
  for (const key in parts) keys.push(key)
  return keys
}
