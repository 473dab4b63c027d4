import { CertificateList } from '../../src/catalog/certificate-list.ts'
import type { NotifyEndpoint } from '../../src/config/notify.ts'
import { parseConfig } from '../../src/config.ts'
import { startNotifier } from '../../src/notify/notifier.ts'
import { OwnerRules } from '../../src/owners/owner-rules.ts'
import type { KnownPlace } from '../../src/providers/known-places.ts'
import { providers } from '../../src/providers/list.ts'
import type { CertificateHolder, PlacedCertificate, SourceState } from '../../src/providers/place.ts'
import { createConnector } from '../../src/upstream/connector.ts'
import type { Replicas } from '../../src/upstream/replicas.ts'
import { createSoleReplica } from '../../src/upstream/replicas.ts'
import { createTransport } from '../../src/upstream/transport.ts'
import { minimalFile } from './config-parts.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { plainCertificate } from './plain-certificate.ts'
import { MemoryFeed, placeIdOf } from './recorded-changes.ts'
import { createTestLog } from './test-log.ts'
import { until } from './until.ts'
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts'

export const webhookSecret = `whsec_${Buffer.alloc(32, 'webhook').toString('base64')}`

/** A place with what a test says of it. */
export interface TestPlace {
  readonly vendorId: string
  /** The vendor's id of its account. */
  readonly parent?: string
  readonly certificates?: readonly Partial<PlacedCertificate>[]
}

/** What notifications are made from, and a receiver of them. It outlives the notifiers that a test starts. */
export interface NotifyWorld {
  readonly clock: ManualClock
  readonly feed: MemoryFeed
  readonly receiver: WebhookReceiver
  readonly replicas: { -readonly [Key in 'texts' | 'lease' | 'count' | 'state']: Replicas[Key] }
  readonly places: KnownPlace[]
  /** The states of the sources, which a test changes. */
  readonly sources: SourceState[]
  /** The log so far, parsed. */
  readonly lines: readonly Record<string, unknown>[]
  readonly log: ReturnType<typeof createTestLog>['log']
  /** What ends with the world. */
  readonly running: { close(): Promise<void> }[]
  close(): Promise<void>
}

export async function createNotifyWorld(): Promise<NotifyWorld> {
  const clock = createManualClock()
  const receiver = await startWebhookReceiver()
  const sources: SourceState[] = []
  const places: KnownPlace[] = []
  const running: NotifyWorld['running'][number][] = []
  const world = {
    clock,
    feed: new MemoryFeed(),
    receiver,
    replicas: createSoleReplica(clock),
    places,
    sources,
    ...createTestLog(),
    running,
    async close() {
      for (const each of running.splice(0)) await each.close()
      await receiver.close()
    },
  }
  places.push(...placesOf(world, [{ vendorId: 'org_acme' }]))
  return world
}

/** The places with their certificates. The sources are those of the first one. */
export function placesOf({ sources }: Pick<NotifyWorld, 'sources'>, list: readonly TestPlace[]): readonly KnownPlace[] {
  const known = new Map<string, KnownPlace>()
  for (const [index, { vendorId, parent, certificates = [] }] of list.entries()) {
    const place = {
      __typename: 'OpenAIOrganization',
      id: placeIdOf(vendorId),
      provider: 'OPENAI',
      vendorId,
      name: `name of ${vendorId}`,
      readingKey: vendorId,
      sourceStates: () => (index === 0 ? sources : []),
      below: {},
    } as unknown as CertificateHolder
    const rows = certificates.map((each) => ({ ...plainCertificate, provider: 'OPENAI', ...each, place }))
    known.set(vendorId, {
      place,
      parent: parent === undefined ? null : (known.get(parent)?.place ?? null),
      list: new CertificateList(rows as readonly PlacedCertificate[]),
      isSearched: true,
    })
  }
  return [...known.values()]
}

/** A source whose last reading has succeeded; with an error, has failed. */
export function sourceOf(
  { clock, places }: Pick<NotifyWorld, 'clock' | 'places'>,
  error: SourceState['error'] = null,
  kind = 'CERTIFICATES',
): SourceState {
  const [first] = places
  if (!first) throw new Error('there is no place')
  return {
    place: first.place,
    kind,
    status: error ? 'FAILED' : 'OK',
    asOf: error ? null : clock.now(),
    age: error ? null : 0,
    wasRead: true,
    isUp: error === null,
    isDue: false,
    isOverdue: false,
    certificateCount: null,
    unreadableRows: 0,
    error,
    lastAnswer: error,
    attemptedSince: error ? clock.now() : null,
    isWaiting: false,
    isInUse: true,
    circuitOpen: false,
  }
}

/** Endpoints at the receiver, as the configuration has them. */
function endpointsOf(
  { receiver }: Pick<NotifyWorld, 'receiver'>,
  ...settings: readonly object[]
): readonly NotifyEndpoint[] {
  const owners = ['storefront', 'platform'].map((owner) => ({ match: { names: [`${owner}*`] }, owner }))
  const notify = settings.map((each) => ({ url: receiver.url, secret: webhookSecret, allowPrivate: true, ...each }))
  const file = { ...minimalFile, owners, notify }
  return parseConfig(providers, file, { env: {}, cwd: '/', mode: 'live' }).notify
}

const day = 86_400_000

/** Starts to send to endpoints at the receiver. */
export function startTestNotifier(world: NotifyWorld, ...settings: readonly object[]) {
  const { clock, feed, receiver, replicas, log, places } = world
  const attempts: string[] = []
  const ownerOf = (name: string) => ({ name, contact: `#${name}`, runbookUrl: null })
  const rule = (name: string) => ({
    match: { provider: null, places: null, names: [`${name}*`], subjectAltNames: null },
    owner: ownerOf(name),
  })
  const notifier = startNotifier({
    endpoints: endpointsOf(world, ...(settings.length === 0 ? [{}] : settings)),
    feed,
    replicas,
    sources: {
      vendors: [
        {
          knownPlaces: () => ({
            places,
            discoveries: { all: 0, searched: 0 },
            unlisted: 0,
            isSearchedBelow: false,
          }),
        },
      ],
      owners: new OwnerRules([rule('storefront'), rule('platform')]),
      expiry: { critical: 14 * day, warning: 30 * day },
      clock,
    },
    publicUrl: 'https://certgraph.example',
    redact: (text) => text.replaceAll('hush', '[redacted]'),
    version: '1.2.3',
    log,
    random: () => 0.5,
    onAttempt: (endpoint, outcome) => attempts.push(`${endpoint} ${outcome}`),
    createTransportOf: ({ allowPrivate }) =>
      createTransport('none', createConnector({ allowPrivate, ca: receiver.ca })),
  })
  return { ...notifier, attempts }
}

/** Starts a notifier that has begun, and ends with the world: what is recorded from now on is sent. */
export async function startBegunNotifier(world: NotifyWorld, ...settings: readonly object[]) {
  const notifier = startTestNotifier(world, ...settings)
  world.running.push(notifier)
  await until(() => notifier.statuses().length === Math.max(1, settings.length))
  return notifier
}
