import type { ExpiryConfig } from '../../config/expiry.ts'
import type { MetricsConfig } from '../../config/metrics.ts'
import type { NotifyEndpoint } from '../../config/notify.ts'
import type { RedisConfig } from '../../config/redis.ts'
import type { StateConfig } from '../../config/state.ts'
import { isObject } from '../../is-object.ts'
import type { Limits } from '../../limits.ts'
import type { OwnerRule } from '../../owners/owner-rule.ts'
import type { ProviderList } from '../../providers/provider.ts'
import { createRedactor } from '../../upstream/redact.ts'
import type { UpstreamSettings } from '../../upstream/settings.ts'
import type { AnyConfig } from '../../vendors.ts'
import { toDurationText, toFractionText, toSizeText } from './quantity-texts.ts'

/** The word that the log has in place of a secret, too. */
const mask = '[redacted]'
/** More characters than any setting has. */
const maxLength = 100_000

/** A setting with such a name is not printed, whatever its value is. Digests of keys do not help a reader either. */
const secretName = /secret|token|password|passphrase|credential$|key$|^sha256$/i

/** The configuration with its defaults, as one would write it in the file, without any secret. */
export function toEffectiveConfig(config: AnyConfig, list: ProviderList): object {
  const { access, hosts, cors, answers, publicUrl, introspection, graphiql, drainDelay } = config.server
  const { documents, deadline, providers } = config
  const vendors = Object.entries(providers)
  const written = {
    ...Object.fromEntries(
      vendors.map(([key, part]) => [key, part && (list[key]?.toSection?.(part.config) ?? part.config)]),
    ),
    server: {
      hosts,
      cors,
      answers: { storeFor: toDurationText(answers.storeFor) },
      publicUrl,
      introspection,
      graphiql,
      drainDelay: toDurationText(drainDelay),
    },
    access: access === 'public' ? access : withoutEmptyLists(access),
    writes: config.writes ? 'enabled' : 'disabled',
    limits: toLimits(config.limits),
    documents: { mode: documents.mode, file: documents.file },
    federation: config.federation,
    metrics: toMetrics(config.metrics),
    expiry: toExpiry(config.expiry, list),
    owners: config.owners.map(toOwnerRule),
    upstream: {
      deadline: toDurationText(deadline),
      ...Object.fromEntries(vendors.map(([key, part]) => [key, part && toUpstream(part.upstream)])),
    },
    redis: config.redis && toRedis(config.redis),
    state: toState(config.state, config.redis !== null),
    notify: config.notify.map(toNotify),
  }
  return toPlain(written, createRedactor(config.secrets))
}

function withoutEmptyLists(lists: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => !Array.isArray(list) || list.length > 0))
}

function toLimits({ body, answer, vendorBody, unsent, reading, ...limits }: Limits): object {
  return {
    ...limits,
    body: toSizeText(body),
    answer: toSizeText(answer),
    vendorBody: toSizeText(vendorBody),
    unsent: toSizeText(unsent),
    reading: { ...reading, bytes: toSizeText(reading.bytes) },
  }
}

function toMetrics({ listener, ...metrics }: MetricsConfig): object {
  if (!listener) return metrics
  const { host, port, isPublic } = listener
  return { ...metrics, host, port, ...(isPublic && { access: 'public' }) }
}

function toExpiry({ vendors, ...all }: ExpiryConfig, list: ProviderList): object {
  const own = Object.entries(list).flatMap(([key, { provider }]) => {
    const thresholds = vendors[provider]
    return thresholds ? [[key, toThresholds(thresholds)] as const] : []
  })
  return { ...toThresholds(all), ...Object.fromEntries(own) }
}

function toThresholds({ critical, warning, lifetime }: Omit<ExpiryConfig, 'vendors'>): object {
  return {
    critical: toDurationText(critical),
    warning: toDurationText(warning),
    lifetime: lifetime
      ? { critical: toFractionText(lifetime.critical), warning: toFractionText(lifetime.warning) }
      : 'none',
  }
}

function toOwnerRule({ match, owner: { name, ...rest } }: OwnerRule): object {
  return { match, owner: name, ...rest }
}

function toUpstream({ limits, concurrency, prefetch, ...times }: UpstreamSettings): object {
  const budget = limits.find(({ adjustable }) => adjustable)?.calls
  const durations = Object.entries(times).map(([name, time]) => [name, toDurationText(time)])
  return { ...Object.fromEntries(durations), concurrency, prefetch, budget }
}

function toState({ path, history, maxSize }: StateConfig, isShared: boolean): unknown {
  if (path === null && !isShared) return 'off'
  return { path, history: toDurationText(history), maxSize: toSizeText(maxSize) }
}

/** The whole URL is a secret. */
function toNotify({ label: _, url: _url, secrets, ...endpoint }: NotifyEndpoint): object {
  return { url: mask, secret: secrets.length > 0 ? mask : undefined, ...endpoint }
}

/** Of the URL, the password alone is a secret. */
function toRedis({ url, ...rest }: RedisConfig): object {
  return { url: url.replace(/^(\w+:\/\/[^/:@]*):[^/]*@/, `$1:${mask}@`), ...rest }
}

type Redact = ReturnType<typeof createRedactor>

/** Settings that are not set are left out. Their names are those of the program. */
function toPlain(value: object, redact: Redact): object {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined && member !== null && typeof member !== 'function')
      .map(([name, member]) => [name, toValue(name, member, redact)]),
  )
}

function toValue(name: string, value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return secretName.test(name) ? mask : redact(value, maxLength)
  if (Array.isArray(value)) return value.map((item) => toValue(name, item, redact))
  return isObject(value) ? toPlain(value, redact) : value
}
