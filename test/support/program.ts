import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { print } from 'graphql'
import { createApp } from '../../src/app.ts'
import { parseConfig } from '../../src/config.ts'
import { Metrics } from '../../src/metrics/metrics.ts'
import { createProcessState, ProcessState } from '../../src/process-state.ts'
import { providers } from '../../src/providers/list.ts'
import type { ProviderList } from '../../src/providers/provider.ts'
import type { Emulator } from '../../src/sandbox/emulator.ts'
import { listen } from '../../src/server/listen.ts'
import { MemoryStateStore } from '../../src/state/memory-state-store.ts'
import type { StateStore } from '../../src/state/state-store.ts'
import type { Clock } from '../../src/upstream/clock.ts'
import { createSoleReplica } from '../../src/upstream/replicas.ts'
import type { AnyConfig } from '../../src/vendors.ts'
import { createTestLog } from './test-log.ts'

type MetricsOptions = ConstructorParameters<typeof Metrics>[0]

export interface GraphQLAnswer<Data> {
  readonly data: Data
  readonly errors?: readonly {
    readonly message: string
    readonly path?: readonly (string | number)[]
    readonly extensions: Readonly<Record<string, unknown>>
  }[]
}

export interface ProgramOptions<TestClock extends Clock> {
  readonly clock: TestClock
  /** The configuration file. */
  readonly file: object
  /** The vendors that the file names. */
  readonly emulators: readonly Emulator[]
  /** Whether the program keeps to the vendors' rate limits. Default: true. */
  readonly limits?: boolean | undefined
  /** Default: everything is logged. */
  readonly logLevel?: string | undefined
  /** Default: the vendors of the program. */
  readonly list?: ProviderList | undefined
  /** What another program has kept, and this one keeps. Default: nothing. */
  readonly kept?: StateStore | undefined
}

export type Program = Awaited<ReturnType<typeof startProgram<Clock>>>

/** The whole program over loopback HTTP. */
export async function startProgram<TestClock extends Clock>({
  clock,
  file,
  emulators,
  limits = true,
  logLevel,
  list = providers,
  kept,
}: ProgramOptions<TestClock>) {
  const { log, lines, all } = createTestLog(logLevel)
  const parsed: AnyConfig = parseConfig(list, file, { env: {}, cwd: '/', mode: 'live' })
  const config = limits ? parsed : withoutLimits(parsed)
  const environment = { clock, log, version: '0.0.0' }
  const store = kept ?? new MemoryStateStore()
  const createMetrics = config.metrics.enabled ? (options: MetricsOptions) => new Metrics(options) : null
  const parts = { replicas: createSoleReplica(clock, store), store, createMetrics }
  const processState = config.redis
    ? await createProcessState(config, environment)
    : new ProcessState(config, parts, environment)
  const app = await createApp(config, { ...environment, state: processState }, list)
  const listening = await listen(app.server, { host: '127.0.0.1', port: 0, clock })
  const answers: string[] = []

  return {
    clock,
    config,
    processState,
    /** The log so far, parsed, without the levels `debug` and `trace`. */
    log: lines,
    /** The log with these levels. */
    wholeLog: all,
    url: `${listening.url}/graphql`,
    /** Sends an operation over HTTP, as most clients do. */
    async ask<Data = never>(query: string, variables: object = {}, signal?: AbortSignal): Promise<GraphQLAnswer<Data>> {
      const response = await fetch(`${listening.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
        ...(signal && { signal }),
      })
      const text = await response.text()
      answers.push(text)
      return JSON.parse(text) as GraphQLAnswer<Data>
    },
    /** Sends a typed operation, as codegen generates them. */
    run<Result, Variables extends object>(
      document: TypedDocumentNode<Result, Variables>,
      variables: Variables,
    ): Promise<GraphQLAnswer<Result>> {
      return this.ask<Result>(print(document), variables)
    },
    /** Gets the metrics, with a key or without. */
    async scrape(key?: string): Promise<string> {
      const response = await fetch(`${listening.url}/metrics`, {
        headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      })
      const text = await response.text()
      answers.push(text)
      if (response.status !== 200) throw new Error(`/metrics answered ${response.status}: ${text}`)
      return text
    },
    /** The calls that reached a vendor and whose path and query contain the text. */
    callsTo: (text: string) => emulators.flatMap(({ calls }) => calls).filter(({ target }) => target.includes(text)),
    /** @throws when the program called an undocumented route, or a secret is in an answer or in the log */
    async close(): Promise<void> {
      await listening.close()
      await app.close()
      const unknown = emulators.flatMap((emulator) =>
        emulator.unknown.map(({ method, target }) => `${method} ${target}`),
      )
      if (unknown.length > 0) throw new Error(`calls to routes that no vendor documents: ${unknown.join(', ')}`)
      const output = [...answers, JSON.stringify(all)]
      const leaked = config.secrets.find((secret) => secret !== '' && output.some((text) => text.includes(secret)))
      if (leaked !== undefined) throw new Error('a secret of the configuration is in an answer or in the log')
    },
  }
}

function withoutLimits(config: AnyConfig): AnyConfig {
  const unlimited = Object.entries(config.providers).map(([key, part]) => [
    key,
    part && { ...part, upstream: { ...part.upstream, limits: [] } },
  ])
  return { ...config, providers: Object.fromEntries(unlimited) }
}
