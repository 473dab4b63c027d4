import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { download, type ExportAnswer, type ExportParameters, parseCsv, problemOf } from '../support/exported.ts'
import { failureTtl, whileTimePasses } from '../support/passing-time.ts'
import type { Stack } from '../support/stack.ts'
import { expireReadings, outages, startStackWithSixPlaces } from '../support/vendor-outage.ts'

let stack: Stack
beforeAll(async () => {
  stack = await startStackWithSixPlaces()
})
afterAll(() => stack.close())
beforeEach(() => expireReadings(stack))

const get = (name: string, parameters: ExportParameters = {}): Promise<ExportAnswer> =>
  whileTimePasses(stack.clock, download(stack, name, parameters))

interface Listed {
  readonly certificates: {
    readonly totalCount: number
    readonly complete: boolean
    readonly fresh: boolean
    readonly incompleteReasons: readonly string[]
  }
}

async function listed() {
  const query = '{ certificates { totalCount complete fresh incompleteReasons } }'
  return (await whileTimePasses(stack.clock, stack.ask<Listed>(query))).data.certificates
}

describe.each(outages)('while a place of $provider cannot be read', ({ provider, emulator, strikes }) => {
  const strike = () => emulator(stack).fault({ match: (call) => strikes(stack, call), effect: { status: 503 } })

  it('has the certificates of the other places, and says that some are missing', async () => {
    strike()
    const { status, headers, text } = await get('certificates.csv')
    const { totalCount, complete, incompleteReasons } = await listed()
    expect(complete).toBe(false)
    expect([status, headers.get('x-certgraph-complete'), headers.get('x-certgraph-fresh')]).toEqual([
      200,
      'false',
      'true',
    ])
    expect(parseCsv(text)).toHaveLength(totalCount)
    expect(totalCount).toBeGreaterThan(10)
    const [reason = ''] = incompleteReasons
    expect(reason).toContain('UPSTREAM_UNAVAILABLE')
    expect(headers.get('x-certgraph-reasons')).toMatch(/^The list of certificates of .*UPSTREAM_UNAVAILABLE/)
    expect(headers.get('x-certgraph-reasons')).toMatch(/^[\x20-\x7e]*$/)
    expect(stack.log.findLast(({ msg }) => msg === 'export')).toMatchObject({ complete: false, codes: [] })
  })

  it('says so within the files that have a place for it', async () => {
    strike()
    const bom = JSON.parse((await get('certificates.cdx.json')).text)
    expect(bom.compositions).toEqual([{ aggregate: 'incomplete', assemblies: ['certificates'] }])
    expect(bom.metadata.properties).toContainEqual({ name: 'certgraph:complete', value: 'false' })
    const json = JSON.parse((await get('certificates.json')).text)
    expect(json).toMatchObject({ complete: false, fresh: true })
    expect(json.incompleteReasons).toEqual((await listed()).incompleteReasons)
    expect(json.sources).toContainEqual(
      expect.objectContaining({
        provider,
        status: 'FAILED',
        error: expect.objectContaining({ code: 'UPSTREAM_UNAVAILABLE' }),
      }),
    )
  })

  it('is refused with the reasons when it has to be complete', async () => {
    strike()
    const answer = await get('certificates.csv', { require: 'complete' })
    expect(answer.status).toBe(503)
    expect(answer.headers.get('x-certgraph-complete')).toBe('false')
    const { detail, reasons, code } = problemOf(answer)
    expect(code).toBe('INCOMPLETE')
    expect(detail).toMatch(/^The export would not be complete, which require=complete asks for\./)
    expect(reasons).toEqual((await listed()).incompleteReasons)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(failureTtl / 1_000)
    // A filter that does not need the place is complete.
    const others = ['OPENAI', 'AKAMAI', 'LIVEPERSON'].filter((each) => each !== provider)
    expect((await get('certificates.csv', { require: 'complete', providers: others })).status).toBe(200)
  })
})

describe('the time after which a refused export may succeed', () => {
  const refuse = async (parameters: ExportParameters = {}) => {
    const { status, headers } = await get('certificates.csv', { require: 'complete', ...parameters })
    return [status, headers.get('retry-after')]
  }

  it('is the longest that a vendor announces, of those whose certificates are wanted', async () => {
    const limited = (seconds: string) => ({ effect: { status: 429, headers: { 'retry-after': seconds } } })
    stack.akamai.emulator.fault(limited('60'))
    stack.openai.emulator.fault(limited('90'))
    expect(await refuse()).toEqual([503, '90'])
    expect(await refuse({ providers: 'AKAMAI' })).toEqual([503, '60'])
    const { headers } = await get('certificates.csv')
    expect([headers.get('x-certgraph-complete'), headers.get('retry-after')]).toEqual(['false', null])
  })

  it('is that until a place is read again where the vendor announces none', async () => {
    stack.akamai.emulator.fault({ effect: { status: 403 } })
    expect(await refuse()).toEqual([503, String(failureTtl / 1_000)])
  })
})

describe('with readings that are older than they should be', () => {
  let kept: Stack
  beforeAll(async () => {
    kept = await startStackWithSixPlaces({ ttl: '60s', staleWhileRevalidate: '0s', staleIfError: '1d' })
  })
  afterAll(() => kept.close())

  it('is complete and not fresh, and is refused when it has to be fresh', async () => {
    const getKept = (parameters: ExportParameters = {}) =>
      whileTimePasses(kept.clock, download(kept, 'certificates.csv', parameters))
    expect((await getKept({ require: ['complete', 'fresh'] })).status).toBe(200)
    kept.liveperson.emulator.fault({ effect: { status: 503, headers: { 'retry-after': '120' } } })
    kept.clock.advance(120_000)
    const { headers, text } = await getKept()
    expect([headers.get('x-certgraph-complete'), headers.get('x-certgraph-fresh')]).toEqual(['true', 'false'])
    expect(headers.get('x-certgraph-reasons')).toMatch(/^The list of certificates of .* is that of 20.*: UPSTREAM_/)
    const stale = parseCsv(text).filter((row) => row['stale'] === 'true')
    expect(new Set(stale.map(({ provider }) => provider))).toEqual(new Set(['LIVEPERSON']))
    expect((await getKept({ require: 'complete' })).status).toBe(200)
    const refused = await getKept({ require: ['complete', 'fresh'] })
    expect(refused.status).toBe(503)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60)
    expect(problemOf(refused)).toMatchObject({ code: 'STALE', reasons: [expect.any(String), expect.any(String)] })
  })
})

describe('X.509 fields that cannot be read', () => {
  // What was read of a certificate once is kept.
  let unread: Stack
  beforeEach(async () => {
    unread = await startStackWithSixPlaces()
  })
  afterEach(() => unread.close())

  const failContents = (effect: 'hang' | { readonly status: number }) =>
    unread.openai.emulator.fault({
      match: ({ path }) => path.startsWith('/v1/organization/certificates/'),
      effect,
    })
  const getUnread = (name: string, longest?: number) =>
    whileTimePasses(unread.clock, download(unread, name, { providers: 'OPENAI' }), longest)

  it('make the file incomplete, and are missing in it', async () => {
    failContents({ status: 500 })
    const { headers, text } = await getUnread('certificates.cdx.json')
    expect(headers.get('x-certgraph-complete')).toBe('false')
    expect(headers.get('x-certgraph-reasons')).toMatch(
      /^The X\.509 fields of 3 certificates of org_scaled0 .*could not be read: UPSTREAM_/,
    )
    const { components } = JSON.parse(text)
    expect(components).toHaveLength(6)
    for (const { cryptoProperties } of components)
      expect(cryptoProperties.certificateProperties).not.toHaveProperty('serialNumber')
    expect((await getUnread('certificates.csv')).headers.get('x-certgraph-complete')).toBe('true')
  })

  it('are those for which the deadline leaves no time', async () => {
    failContents('hang')
    const { status, headers, text } = await getUnread('certificates.cdx.json', 30_000)
    expect([status, headers.get('x-certgraph-complete')]).toEqual([200, 'false'])
    expect(JSON.parse(text).components).toHaveLength(6)
  })
})
