import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { changeKinds, type RecordedChange } from '../../src/changes/change.ts'
import { passTime } from '../support/passing-time.ts'
import { certificateIdOf, placeIdOf } from '../support/recorded-changes.ts'
import {
  createNotifyWorld,
  type NotifyWorld,
  placesOf,
  startBegunNotifier,
  startTestNotifier,
} from '../support/test-notifier.ts'
import { until } from '../support/until.ts'
import { documentedTypes, findSchemaErrors } from '../support/webhook-schemas.ts'

let world: NotifyWorld
beforeEach(async () => {
  world = await createNotifyWorld()
})
afterEach(async () => {
  await world.close()
})

const start = (...settings: object[]) => startBegunNotifier(world, ...settings)

const received = (count: number) => until(() => world.receiver.requests.length >= count)
const changesSent = () =>
  world.receiver.messages.map(({ data }) => data['change'] as RecordedChange & { place: object })

/** The names of the changes that an endpoint with these settings gets. */
async function namesSentTo(settings: object, ...changes: Partial<RecordedChange>[]): Promise<readonly unknown[]> {
  await start(settings)
  world.feed.record(...changes, { kind: 'EXPIRED', expiryStatus: 'EXPIRED', name: 'storefront last', expiresAt: 0 })
  await until(() => changesSent().some(({ name }) => name === 'storefront last'))
  return changesSent().flatMap(({ name }) => (name === 'storefront last' ? [] : name))
}

describe('a message of a change', () => {
  it('has the change, its certificate, its owner and a link', async () => {
    const id = certificateIdOf('cert_a')
    const certificate = {
      id,
      name: 'storefront hush',
      expiresAt: Date.UTC(2030, 0, 10),
      x509: { serialNumber: '0a', subjectAltNames: ['a.example', 'b.example'] },
    }
    world.places.splice(0, 1, ...placesOf(world, [{ vendorId: 'org_acme', certificates: [certificate] }]))
    await start()
    world.feed.record({
      kind: 'EXPIRING',
      certificateId: id,
      name: 'storefront hush',
      expiresAt: certificate.expiresAt,
      expiryStatus: 'CRITICAL',
      actor: 'ann',
    })
    await received(1)
    const [message] = world.receiver.messages
    expect(message).toEqual({
      type: 'certificate.expiring',
      timestamp: '2030-01-01T00:00:00.000Z',
      data: {
        change: {
          id: 'change-1',
          kind: 'EXPIRING',
          at: '2030-01-01T00:00:00.000Z',
          place: { id: placeIdOf('org_acme'), provider: 'OPENAI', vendorId: 'org_acme', name: 'name of org_acme' },
          certificateId: id,
          name: 'storefront [redacted]',
          expiresAt: '2030-01-10T00:00:00.000Z',
          expiryStatus: 'CRITICAL',
          replacesId: null,
        },
        certificate: {
          id,
          provider: 'OPENAI',
          name: 'storefront [redacted]',
          active: true,
          createdAt: null,
          validFrom: null,
          expiresAt: '2030-01-10T00:00:00.000Z',
          expiryStatus: 'CRITICAL',
          issuer: null,
          serialNumber: '0a',
          sha256Fingerprint: null,
          subjectAltNames: ['a.example', 'b.example'],
        },
        expiryStatus: 'CRITICAL',
        owner: { name: 'storefront', contact: '#storefront', runbookUrl: null },
        link: `https://certgraph.example/certificates/${encodeURIComponent(id)}`,
      },
    })
  })

  it('has no certificate when it is gone, and the link of an id with characters of URLs', async () => {
    await start()
    world.feed.record({ kind: 'VANISHED', certificateId: 'a/b+c==', name: null, expiresAt: null })
    await received(1)
    expect(world.receiver.messages[0]?.data).toMatchObject({
      certificate: null,
      owner: null,
      expiryStatus: 'UNKNOWN',
      link: 'https://certgraph.example/certificates/a%2Fb%2Bc%3D%3D',
    })
  })

  it('is valid for the schema of its kind', async () => {
    await start()
    world.feed.record(
      ...changeKinds.map((kind) => ({
        kind,
        expiryStatus: kind === 'EXPIRING' ? ('WARNING' as const) : null,
        replacesId: kind === 'RENEWED' ? certificateIdOf('before') : null,
      })),
    )
    await received(changeKinds.length)
    expect(world.receiver.types).toEqual(changeKinds.map((kind) => `certificate.${kind.toLowerCase()}`))
    expect(world.receiver.messages.map(findSchemaErrors)).toEqual(changeKinds.map(() => null))
    expect(documentedTypes).toEqual(expect.arrayContaining([...world.receiver.types]))
    const [message] = world.receiver.messages
    expect(findSchemaErrors({ ...message, type: 'certificate.expired' })).not.toBeNull()
    expect(findSchemaErrors({ ...message, extra: 1 } as never)).not.toBeNull()
  })
})

describe('a filter', () => {
  it('selects kinds', async () => {
    const names = await namesSentTo(
      { kinds: ['EXPIRED', 'RENEWED'] },
      { name: 'a' },
      { name: 'b', kind: 'RENEWED' },
      { name: 'c', kind: 'EXPIRING', expiryStatus: 'WARNING' },
    )
    expect(names).toEqual(['b'])
  })

  it('selects owners', async () => {
    const names = await namesSentTo(
      { owners: ['storefront'] },
      { name: 'storefront a' },
      { name: 'platform b' },
      { name: 'c' },
    )
    expect(names).toEqual(['storefront a'])
  })

  it('selects places', async () => {
    world.places.push(...placesOf(world, [{ vendorId: 'org_other' }]))
    const other = { placeId: placeIdOf('org_other'), placeVendorId: 'org_other' }
    expect(await namesSentTo({ places: ['org_acme'] }, { name: 'a', ...other }, { name: 'b' })).toEqual(['b'])
  })

  it.each([
    ['OK', ['ok', 'unknown', 'warning', 'critical', 'expired']],
    ['UNKNOWN', ['unknown', 'warning', 'critical', 'expired']],
    ['WARNING', ['warning', 'critical', 'expired']],
    ['CRITICAL', ['critical', 'expired']],
    ['EXPIRED', ['expired']],
  ])(
    'selects changes of status %s and worse, by the status of the certificate at that moment',
    async (minStatus, names) => {
      const day = 86_400_000
      const at = Date.UTC(2030, 0, 1)
      expect(
        await namesSentTo(
          { minStatus },
          { name: 'ok', expiresAt: at + 100 * day },
          { name: 'unknown', kind: 'VANISHED', expiresAt: null },
          { name: 'warning', expiresAt: at + 20 * day },
          { name: 'critical', kind: 'EXPIRING', expiryStatus: 'CRITICAL' },
          { name: 'expired', kind: 'RENEWED', expiresAt: at - day },
        ),
      ).toEqual(names)
    },
  )
})

describe('a threshold', () => {
  const id = certificateIdOf('shared')
  const places = ['org_acme', 'proj_a', 'proj_b', 'proj_c']
  const crossing = (vendorId: string, more: Partial<RecordedChange> = {}) => ({
    kind: 'EXPIRING' as const,
    expiryStatus: 'WARNING' as const,
    certificateId: id,
    placeId: placeIdOf(vendorId),
    placeVendorId: vendorId,
    ...more,
  })
  beforeEach(() => {
    const certificates = [{ id, name: 'shared' }]
    const list = places.map((vendorId) => ({
      vendorId,
      certificates,
      ...(vendorId !== 'org_acme' && { parent: 'org_acme' }),
    }))
    world.places.splice(0, 1, ...placesOf(world, list))
  })
  const placesSent = () => changesSent().map(({ place }) => place)

  it('is one message of a certificate that four places list, with its account', async () => {
    await start()
    world.feed.record(crossing('proj_b'), crossing('proj_a'))
    world.feed.record(crossing('org_acme'))
    await passTime(world, 60_000)
    world.feed.record(crossing('proj_c'))
    await passTime(world, 60_000)
    expect(placesSent()).toEqual([expect.objectContaining({ vendorId: 'org_acme' })])
  })

  it('is one message over restarts, also when the last one came before what follows from it was kept', async () => {
    const first = await start()
    world.feed.record(crossing('proj_b'))
    await received(1)
    await first.close()
    await start()
    world.feed.record(crossing('proj_a'))
    await passTime(world, 60_000)
    expect(world.receiver.requests).toHaveLength(1)
  })

  it('is a message each for its statuses, and for another expiry', async () => {
    await start()
    for (const place of places) {
      world.feed.record(
        crossing(place),
        crossing(place, { expiryStatus: 'CRITICAL' }),
        crossing(place, { kind: 'EXPIRED', expiryStatus: 'EXPIRED' }),
        crossing(place, { expiresAt: 1 }),
      )
    }
    await received(4)
    await passTime(world, 60_000)
    expect(world.receiver.requests).toHaveLength(4)
  })

  it('is one message among the places of an endpoint', async () => {
    await start({ places: ['proj_a', 'proj_b'] })
    world.feed.record(crossing('org_acme'), crossing('proj_c'), crossing('proj_b'), crossing('proj_a'))
    await passTime(world, 60_000)
    expect(placesSent()).toEqual([expect.objectContaining({ vendorId: 'proj_b' })])
  })
})

describe('a history that begins again', () => {
  it('is followed from its begin', async () => {
    const first = await start()
    world.feed.record({}, {}, {}, {})
    await received(4)
    await first.close()
    world.feed.changes.splice(0)
    world.feed.history = 'another'
    world.feed.record({ name: 'new' })
    await start()
    await received(5)
    expect(changesSent().at(-1)).toMatchObject({ name: 'new' })
  })
})

describe('without the state that replicas share', () => {
  it('nothing is sent until it can be read: an endpoint would seem to be new', async () => {
    world.feed.record({}, {})
    world.replicas.state = 'alone'
    const notifier = startTestNotifier(world)
    world.running.push(notifier)
    await passTime(world, 30_000, 5_000)
    expect([notifier.statuses(), world.receiver.requests]).toEqual([[], []])
    world.replicas.state = 'shared'
    await passTime(world, 10_000, 5_000)
    expect(notifier.statuses()).toHaveLength(1)
    world.feed.record({ name: 'after' })
    await received(1)
    expect(changesSent()).toMatchObject([{ name: 'after' }])
  })
})
