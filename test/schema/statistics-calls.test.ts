import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { beyondEveryTtl } from '../support/changing-places.ts'
import { allEmulatedCertificates } from '../support/emulated-certificates.ts'
import { firstOf } from '../support/rewriting.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { countBy, labelOfPlace, statisticsFields, statisticsOf, tableOf } from '../support/statistics-answer.ts'
import { outages, startStackWithSixPlaces, withoutCaching } from '../support/vendor-outage.ts'

let stack: Stack
afterEach(() => stack.close())

const emulators = () => stack.emulators
const calls = () =>
  emulators()
    .flatMap((emulator) => emulator.calls)
    .map(({ method, target }) => `${method} ${target}`)
    .toSorted()
const statistics = `certificateStatistics(filter: $filter) { ${statisticsFields} }`
const list = 'certificates(first: 100, filter: $filter) { totalCount complete }'

describe('statistics', () => {
  const filters = [
    null,
    { providers: ['AKAMAI'] },
    { active: true, expiresWithin: 'P30D' },
    { issuerContains: 'bluequay' },
  ]

  it.each(filters)('with %j make the same calls as the list, and none in addition to it', async (filter) => {
    const made: (readonly string[])[] = []
    for (const fields of [list, statistics, `${statistics} ${list}`]) {
      if (made.length > 0) await stack.close()
      stack = await startStack({ limits: false, configure: (file) => ({ ...file, upstream: withoutCaching }) })
      const { errors } = await stack.ask(`query ($filter: CertificateFilter) { ${fields} }`, { filter })
      expect(errors).toBeUndefined()
      // Ids differ between starts of the sandbox.
      made.push(calls().map((call) => call.replace(/cert_\w+/, 'cert')))
    }
    const [ofList = [], ofStatistics, ofBoth] = made
    expect(ofList.length).toBeGreaterThan(2)
    expect(ofStatistics).toEqual(ofList)
    expect(ofBoth).toEqual(ofList)
  })

  it('read no PEM', async () => {
    stack = await startStack({ limits: false })
    await statisticsOf(stack)
    expect([...stack.callsTo('include'), ...stack.callsTo('/deployments')]).toEqual([])
    expect(stack.callsTo('/cps/v2/')).toHaveLength(2)
  })

  it('make no call while the readings are fresh', async () => {
    stack = await startStack({ limits: false })
    await stack.ask('{ certificates { totalCount } }')
    const before = calls().length
    await statisticsOf(stack)
    expect(calls()).toHaveLength(before)
  })
})

describe('statistics while a vendor fails', () => {
  it.each(outages)('count the certificates of the others when $brand fails, and report it', async (outage) => {
    stack = await startStackWithSixPlaces()
    const whole = await statisticsOf(stack)
    expect(whole).toMatchObject({ total: 18, complete: true })
    outage.emulator(stack).fault({ match: (call) => outage.strikes(stack, call), effect: { status: 403 } })
    const { total, complete, fresh, sources, byPlace, byProvider } = await statisticsOf(stack)
    expect({ total, complete, fresh }).toEqual({ total: 15, complete: false, fresh: true })
    expect(tableOf(byProvider)).toEqual({ ...tableOf(whole.byProvider), [outage.provider]: 3 })
    const [failed, ...others] = sources.filter(({ status }) => status === 'FAILED')
    expect(others).toEqual([])
    expect(failed).toMatchObject({
      kind: 'CERTIFICATES',
      certificateCount: null,
      place: { provider: outage.provider },
      error: { code: 'UPSTREAM_FORBIDDEN', httpStatus: 403 },
    })
    expect(byPlace).toEqual(whole.byPlace.filter(({ key }) => key.id !== failed?.place.id))
    expect(byPlace).toHaveLength(5)
  })

  it('count stale readings, and are not fresh', async () => {
    stack = await startStackWithSixPlaces({ ...withoutCaching, staleIfError: '24h' })
    const whole = await statisticsOf(stack)
    stack.akamai.emulator.fault({ match: ({ path }) => path.startsWith('/cps/'), effect: { status: 403 } })
    const stale = await statisticsOf(stack)
    expect(stale).toMatchObject({ total: 18, complete: true, fresh: false, byProvider: whole.byProvider })
    expect(stale.sources.filter(({ status }) => status === 'STALE')).toHaveLength(2)
  })

  it('are incomplete when a PEM that the filter needs cannot be read', async () => {
    stack = await startStack({ limits: false })
    stack.openai.emulator.fault({ match: ({ target }) => target.includes('include'), effect: { status: 403 } })
    const { total, complete, sources } = await statisticsOf(stack, {
      providers: ['OPENAI'],
      issuerContains: 'no such issuer',
    })
    const kept = allEmulatedCertificates(stack).filter(({ provider }) => provider === 'OPENAI').length
    expect({ total, complete, failed: sources.filter(({ status }) => status === 'FAILED') }).toEqual({
      total: kept,
      complete: false,
      failed: [],
    })
  })
})

describe('duplicates', () => {
  const contract = (index: number) => {
    const found = firstOf(stack.akamai.state.accounts).contracts[index]
    if (!found) throw new Error(`no contract ${index}`)
    return found
  }
  /** Deploys the certificate of an enrollment under another contract too. */
  const share = (commonName: string, under = 1) => {
    const enrollment = firstOf(contract(0).enrollments.filter((each) => each.commonName === commonName))
    contract(under).enrollments.push({ ...enrollment, id: enrollment.id + 500_000 })
    return allEmulatedCertificates(stack).filter(({ name, place }) => name === commonName && place === contract(0).id)
  }
  beforeEach(async () => {
    stack = await startStack({ limits: false })
  })

  it('are the certificates in two contracts, each with the age of its reading', async () => {
    const [single] = share('labels.bluequay.example')
    const stacked = share('track.bluequay.example')
    const { duplicates, total, complete, sources } = await statisticsOf(stack)
    const fingerprints = [single, ...stacked].map((each) => each?.fingerprint ?? '').toSorted()
    expect(fingerprints).toHaveLength(3)
    expect(duplicates.map(({ sha256Fingerprint }) => sha256Fingerprint)).toEqual(fingerprints)
    const asOf = new Date(stack.clock.now()).toISOString()
    for (const { sha256Fingerprint, certificates } of duplicates) {
      const name = sha256Fingerprint === single?.fingerprint ? 'labels.bluequay.example' : 'track.bluequay.example'
      const node = { name, asOf, stale: false, sha256Fingerprint }
      expect(certificates).toEqual([
        { ...node, place: { contractId: contract(0).id } },
        { ...node, place: { contractId: contract(1).id } },
      ])
    }
    expect({ total, complete }).toEqual({ total: allEmulatedCertificates(stack).length, complete: true })
    expect(sources.every(({ status }) => status === 'OK')).toBe(true)
  })

  it('have the age of the reading of each place', async () => {
    share('labels.bluequay.example')
    const before = await statisticsOf(stack)
    const [readAt] = firstOf(before.duplicates).certificates.map(({ asOf }) => asOf)
    stack.clock.advance(beyondEveryTtl)
    stack.akamai.emulator.fault({
      match: ({ query }) => query.get('contractId') === contract(0).id,
      effect: { status: 403 },
    })
    const { duplicates, fresh } = await statisticsOf(stack)
    expect(fresh).toBe(false)
    expect(firstOf(duplicates).certificates.map(({ asOf, stale }) => ({ asOf, stale }))).toEqual([
      { asOf: readAt, stale: true },
      { asOf: new Date(stack.clock.now()).toISOString(), stale: false },
    ])
  })

  it('are not the certificates that are in one contract twice', async () => {
    share('labels.bluequay.example', 0)
    const { duplicates, total, byPlace } = await statisticsOf(stack)
    expect({ duplicates, total }).toEqual({ duplicates: [], total: allEmulatedCertificates(stack).length })
    expect(tableOf(byPlace, labelOfPlace)).toEqual(countBy(allEmulatedCertificates(stack), ({ place }) => place))
  })

  it('are only certificates that pass the filter', async () => {
    share('labels.bluequay.example')
    expect((await statisticsOf(stack, { nameContains: 'labels' })).duplicates).toHaveLength(1)
    expect((await statisticsOf(stack, { nameContains: 'clearberth' })).duplicates).toEqual([])
    const id = Buffer.from(`AkamaiContract:${contract(1).id}`).toString('base64')
    expect((await statisticsOf(stack, { placeIds: [id] })).duplicates).toEqual([])
  })
})
