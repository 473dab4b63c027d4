import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { print } from 'graphql'
import { createApp } from '../../src/app.ts'
import { type Config, parseConfig } from '../../src/config.ts'
import type { AkamaiScale } from '../../src/providers/akamai/sandbox/scaled.ts'
import { startAkamaiSandbox } from '../../src/providers/akamai/sandbox.ts'
import { type ProviderConfigs, providers } from '../../src/providers/list.ts'
import type { LivePersonScale } from '../../src/providers/liveperson/sandbox/scaled.ts'
import { startLivePersonSandbox } from '../../src/providers/liveperson/sandbox.ts'
import type { OpenAIScale } from '../../src/providers/openai/sandbox/scaled.ts'
import { startOpenAISandbox } from '../../src/providers/openai/sandbox.ts'
import { listen } from '../../src/server/listen.ts'
import type { UpstreamSettings } from '../../src/upstream/settings.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { createTestLog } from './test-log.ts'

export interface StackOptions {
  readonly scale?: {
    readonly openai?: Partial<OpenAIScale>
    readonly akamai?: Partial<AkamaiScale>
    readonly liveperson?: Partial<LivePersonScale>
  }
  /** Whether there are rate limits, which the emulators enforce and the program keeps to: there are unless told. */
  readonly limits?: boolean
  /** What goes into the log: everything unless told. */
  readonly logLevel?: string
  /** Changes what the configuration file says; gets the emulators' own configuration. */
  readonly configure?: (file: SandboxFile) => object
}

/** The configuration file that the emulators would have a user write. */
export interface SandboxFile {
  readonly openai: Awaited<ReturnType<typeof startOpenAISandbox>>['config']
  readonly akamai: Awaited<ReturnType<typeof startAkamaiSandbox>>['config']
  readonly liveperson: Awaited<ReturnType<typeof startLivePersonSandbox>>['config']
}

export interface GraphQLAnswer<Data> {
  readonly data: Data
  readonly errors?: readonly {
    readonly message: string
    readonly path?: readonly (string | number)[]
    readonly extensions: Readonly<Record<string, unknown>>
  }[]
}

export type Stack = Awaited<ReturnType<typeof startStack>>

/** A configuration for vendors that can be called as often as anybody likes. */
function withoutLimits(config: Config<ProviderConfigs>): Config<ProviderConfigs> {
  const { openai, akamai, liveperson } = config.providers
  const lift = <Part extends { readonly upstream: UpstreamSettings }>(part: Part): Part => ({
    ...part,
    upstream: { ...part.upstream, limits: [] },
  })
  const providers = {
    ...(openai && { openai: lift(openai) }),
    ...(akamai && { akamai: lift(akamai) }),
    ...(liveperson && { liveperson: lift(liveperson) }),
  }
  return { ...config, providers }
}

/** The whole program over real loopback HTTP: three emulated vendors, the API before them, a clock that stands still. */
export async function startStack({ scale, limits = true, logLevel, configure = (file) => file }: StackOptions = {}) {
  const clock: ManualClock = createManualClock()
  const options = { now: clock.now, limits }
  const openai = await startOpenAISandbox({ ...options, ...(scale && { scale: scale.openai ?? {} }) })
  const akamai = await startAkamaiSandbox({ ...options, ...(scale && { scale: scale.akamai ?? {} }) })
  const liveperson = await startLivePersonSandbox({ ...options, ...(scale && { scale: scale.liveperson ?? {} }) })
  const emulators = [openai.emulator, akamai.emulator, liveperson.emulator]

  const closeVendors = () => Promise.all([openai.close(), akamai.close(), liveperson.close()])

  const { log, lines } = createTestLog(logLevel)
  const create = async () => {
    const file = configure({ openai: openai.config, akamai: akamai.config, liveperson: liveperson.config })
    const parsed = parseConfig(providers, file, { env: {}, cwd: '/', mode: 'live' })
    const config = limits ? parsed : withoutLimits(parsed)
    return { config, app: createApp(config, { clock, log, version: '0.0.0' }) }
  }
  const { config, app } = await create().catch(async (error) => {
    await closeVendors()
    throw error
  })
  const listening = await listen(app.server, { host: '127.0.0.1', port: 0, clock })
  const answers: string[] = []

  return {
    clock,
    openai,
    akamai,
    liveperson,
    config,
    /** The log so far, parsed. */
    log: lines,
    url: `${listening.url}/graphql`,
    /** Asks over HTTP, as most clients do. */
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
    /** Asks a typed operation, as codegen makes them. */
    run<Result, Variables extends object>(
      document: TypedDocumentNode<Result, Variables>,
      variables: Variables,
    ): Promise<GraphQLAnswer<Result>> {
      return this.ask<Result>(print(document), variables)
    },
    /** Calls that reached a vendor and whose path contains the text. */
    callsTo: (text: string) => emulators.flatMap(({ calls }) => calls).filter(({ target }) => target.includes(text)),
    /**
     * Ends everything.
     * @throws when the program called something that no vendor documents, or let a secret into an answer or the log
     */
    async close(): Promise<void> {
      await listening.close()
      await app.close()
      await closeVendors()
      const unknown = emulators.flatMap((emulator) =>
        emulator.unknown.map(({ method, target }) => `${method} ${target}`),
      )
      if (unknown.length > 0) throw new Error(`calls to routes that no vendor has: ${unknown.join(', ')}`)
      const told = [...answers, JSON.stringify(lines)]
      const leaked = config.secrets.find((secret) => secret !== '' && told.some((text) => text.includes(secret)))
      if (leaked !== undefined) throw new Error('a secret of the configuration stands in an answer or in the log')
    },
  }
}
