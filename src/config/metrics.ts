import { z } from 'zod'
import { isLoopback } from './loopback.ts'
import { mapping } from './mapping.ts'
import type { Mistakes } from './mistakes.ts'
import { hostSetting, type ProcessSettings } from './process.ts'
import { wholeNumber } from './quantities.ts'
import { expected } from './wording.ts'

/** The metrics, and who may read them. */
export interface MetricsConfig {
  readonly enabled: boolean
  /** A listener that serves the metrics alone, without a key. Null: `/metrics` is on the port of the API. */
  readonly listener: MetricsListener | null
  /** How many certificates have series of their own. */
  readonly certificates: number
  /** The names of operations that are labels. */
  readonly operations: readonly string[]
}

interface MetricsListener {
  readonly host: string
  readonly port: number
  /** Whether every client that reaches the listener may read the metrics. */
  readonly isPublic: boolean
}

/** That of Prometheus exporters of OpenTelemetry. */
const defaultPort = 9464
const maxOperations = 1_000

const nameExpected = expected('the name of an operation')
const name = z.string(nameExpected).regex(/^[_A-Za-z][_0-9A-Za-z]{0,99}$/, nameExpected)
const namesExpected = expected(`a list of at most ${maxOperations} names of operations`)

const section = mapping({
  enabled: z.boolean(expected('true or false')).optional(),
  host: hostSetting.optional(),
  port: wholeNumber(0, 65_535).optional(),
  access: z.literal('public', expected('public, or no such setting')).optional(),
  certificates: wholeNumber(0, 1_000_000).default(10_000),
  operations: z.array(name, namesExpected).max(maxOperations, namesExpected).default([]),
}).prefault({})

/** Parses `metrics:`. Metrics are on by default when HOST is a loopback address. */
export function parseMetrics(
  value: unknown,
  { host: apiHost, port: apiPort }: Pick<ProcessSettings, 'host' | 'port'>,
  mistakes: Mistakes,
): MetricsConfig | undefined {
  const settings = mistakes.read(section, value, ['metrics'])
  if (!settings) return undefined
  const { enabled = isLoopback(apiHost), host = '127.0.0.1', port = defaultPort, access, ...rest } = settings
  const add = (setting: string, text: string) => mistakes.add(['metrics', setting], text)
  const hasListener = settings.host !== undefined || settings.port !== undefined
  if (hasListener && !enabled && settings.enabled === undefined)
    add('enabled', 'missing, and metrics are off unless HOST is a loopback address; expected true or false')
  if (hasListener && settings.enabled === false)
    add('enabled', 'false, and the metrics have a listener of their own; expected true, or no host and port beside it')
  const isPublic = access === 'public'
  if (isPublic && !hasListener) add('access', 'about the own listener of the metrics; expected host or port beside it')
  if (!isPublic && !isLoopback(host))
    add('host', 'reachable from other machines; expected a loopback address, or "access: public" beside it')
  if (hasListener && port !== 0 && port === apiPort) add('port', 'the port of the API (PORT); expected another one')
  return { enabled, listener: enabled && hasListener ? { host, port, isPublic } : null, ...rest }
}
