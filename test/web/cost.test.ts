import { describe, expect, it } from '@jest/globals'
import { parse } from 'graphql'
import { createBareSchema } from '../../scripts/printed.ts'
import type { Certificate } from '../../src/catalog/certificate.ts'
import { CertificateList } from '../../src/catalog/certificate-list.ts'
import { defaultLimits } from '../../src/limits.ts'
import type { KnownPlace } from '../../src/providers/known-places.ts'
import type { Place, PlacedCertificate } from '../../src/providers/place.ts'
import { createCostOf } from '../../src/schema/cost/cost.ts'
import { createSizes } from '../../src/schema/cost/sizes.ts'
import { toCoverageFilter } from '../../web/certificate-coverage.ts'
import { parseCertificateQuery } from '../../web/certificate-query.ts'
import { parseChangesQuery, toChangesVariables } from '../../web/changes-query.ts'
import documents from '../../web/generated/persisted-documents.json' with { type: 'json' }
import { toCoverageVariables, toListVariables } from '../../web/list-variables.ts'
import { placePageSize } from '../../web/sources-query.ts'

const schema = createBareSchema()

function placeOf(vendorId: string, rows: number): KnownPlace {
  const place = {
    __typename: 'AkamaiContract',
    id: `global ${vendorId}`,
    provider: 'AKAMAI',
    vendorId,
    name: null,
  } as Place
  const row = { place, x509: { sha256Fingerprint: null } } as Pick<Certificate, 'x509'>
  const list = new CertificateList(Array.from({ length: rows }, () => row) as never)
  return { place, parent: null, list: list as CertificateList<PlacedCertificate>, isSearched: true }
}

/** What an operation of the page costs a caller who may see these places. */
function costOf(
  name: string,
  variables: object,
  { places, rows, isLimited }: { places: number; rows: number; isLimited: boolean },
) {
  const ids = Array.from({ length: places }, (_, index) => `C-${index}`)
  const caller = { places: isLimited ? new Set(ids) : null }
  const known = {
    places: ids.map((id) => placeOf(id, rows / places)),
    discoveries: { all: 1, searched: 1 },
    unlisted: 0,
    isSearchedBelow: true,
  }
  const sizes = createSizes([{ provider: 'AKAMAI', knownPlaces: () => known }], caller)
  const text = Object.values(documents).find((each) => new RegExp(`^query ${name}\\b`).test(each))
  if (text === undefined) throw new Error(`the page has no operation ${name}`)
  const cost = createCostOf(schema, { sizesOf: () => sizes, version: 0 })({
    document: parse(text),
    operationName: null,
    variables: { ...variables },
    caller,
  })?.cost
  return cost ?? Number.NaN
}

const query = parseCertificateQuery('?search=api&owners=a&expiresWithin=P14D')
const page = [toListVariables(query), toCoverageVariables(query, ['global C-1', 'global C-2'])] as const
const operations = [
  ['Overview', {}],
  ['Uncovered', { within: 'P30D' }],
  ['CertificateList', page[0]],
  ['Coverage', page[1]],
  ['Unowned', {}],
  ['PlaceOptions', {}],
  ['OwnerOptions', {}],
  ['Certificate', { id: 'a' }],
  ['CertificateProjects', { id: 'a' }],
  ['CertificateCoverage', { filter: toCoverageFilter({ name: 'a', expiresAt: null, place: { id: 'global C-1' } }) }],
  ['Enrollment', { id: 'a' }],
  ['X509', { id: 'a' }],
  ['SameFingerprint', { fingerprint: 'a'.repeat(64) }],
  ['CertificateHistory', { placeIds: ['global C-1'] }],
  ['Sources', {}],
  ['PlaceLimits', { ids: Array.from({ length: 100 }, (_, index) => `global C-${index}`) }],
  ['Places', { first: placePageSize }],
  ['Changes', toChangesVariables(parseChangesQuery('?kinds=EXPIRED&placeIds=C-1'))],
] as const

describe.each(operations)('the cost of the operation %s', (name, variables) => {
  it.each([
    ['75,000 certificates', { places: 30, rows: 75_000, isLimited: false }],
    ['75,000 certificates, for a caller with a list of places', { places: 30, rows: 75_000, isLimited: true }],
    ['2,000 places', { places: 2_000, rows: 20_000, isLimited: false }],
  ])('is within the default limit with %s', (_title, sizes) => {
    const cost = costOf(name, variables, sizes)
    expect(cost).toBeGreaterThan(0)
    expect(cost).toBeLessThanOrEqual(defaultLimits.cost)
  })
})
