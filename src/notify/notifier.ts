import type { Logger } from 'pino'
import type { ChangeFeed } from '../changes/change.ts'
import type { NotifyEndpoint } from '../config/notify.ts'
import { listSourceStates } from '../providers/source-states.ts'
import { createConnector } from '../upstream/connector.ts'
import type { Redact } from '../upstream/redact.ts'
import type { Replicas } from '../upstream/replicas.ts'
import { createTransport, type Transport } from '../upstream/transport.ts'
import { type EventSources, notifier } from './certificate-events.ts'
import { type EndpointStatus, EndpointWorker, type WorkerDependencies } from './endpoint-worker.ts'
import { endpointKey } from './message-id.ts'

export interface NotifierOptions extends Pick<WorkerDependencies, 'onAttempt'> {
  readonly endpoints: readonly NotifyEndpoint[]
  readonly feed: ChangeFeed
  readonly replicas: Pick<Replicas, 'texts' | 'lease' | 'count' | 'state'>
  readonly sources: EventSources
  readonly publicUrl: string | null
  readonly redact: Redact
  readonly version: string
  readonly log: Logger
  /** Default: a transport that connects as the endpoint allows. */
  readonly createTransportOf?: (endpoint: NotifyEndpoint) => Transport
  /** From 0 to 1. Default: random. */
  readonly random?: () => number
}

export interface RunningNotifier {
  /** The endpoints that this process sends to. */
  statuses(): readonly EndpointStatus[]
  close(): Promise<void>
}

const notShared =
  'notifications are sent by each replica on its own, because what was sent is not shared; expected redis.secret'

/** The transport of an endpoint. The bodies of responses are not used. */
export const createWebhookTransport = ({ allowPrivate }: Pick<NotifyEndpoint, 'allowPrivate'>): Transport =>
  createTransport('none', createConnector({ allowPrivate }))

/** Sends what happens to every endpoint, until it is closed. */
export function startNotifier({
  endpoints,
  replicas,
  sources,
  createTransportOf = createWebhookTransport,
  random = Math.random,
  ...options
}: NotifierOptions): RunningNotifier {
  if (endpoints.length === 0) return { statuses: () => [], close: async () => {} }
  const { clock, vendors } = sources
  const texts = {
    states: replicas.texts('notify'),
    messages: replicas.texts('notify-messages'),
    outages: replicas.texts('notify-outages'),
    crossings: replicas.texts('notify-thresholds'),
  }
  if (replicas.count > 1 && !texts.states.isKept) options.log.warn(notShared)
  const isShared = () => replicas.state !== 'alone'
  const listSources = () => listSourceStates(vendors, { caller: notifier })
  const running = endpoints.map((endpoint, index) => {
    const key = endpointKey(endpoint.url, endpoints.slice(0, index).filter(({ url }) => url === endpoint.url).length)
    const transport = createTransportOf(endpoint)
    const dependencies = { ...options, clock, transport, sources, listSources, isShared, texts, random }
    const worker = new EndpointWorker(endpoint, key, dependencies)
    worker.start(replicas.lease(`notify ${key}`))
    return { worker, transport }
  })
  const close = async () => {
    await Promise.all(running.map(({ worker }) => worker.close()))
    await Promise.all(running.map(({ transport }) => transport.close()))
  }
  let closed: Promise<void> | undefined
  return {
    statuses: () => running.flatMap(({ worker }) => worker.status() ?? []),
    close() {
      closed ??= close()
      return closed
    },
  }
}
