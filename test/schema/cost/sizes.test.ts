import { describe, expect, it } from '@jest/globals'
import { parse } from 'graphql'
import { createBareSchema } from '../../../scripts/printed.ts'
import type { Certificate } from '../../../src/catalog/certificate.ts'
import { CertificateList } from '../../../src/catalog/certificate-list.ts'
import type { KnownPlace } from '../../../src/providers/known-places.ts'
import type { Place, PlacedCertificate } from '../../../src/providers/place.ts'
import { createCostOf } from '../../../src/schema/cost/cost.ts'
import { assumedRows, createSizes } from '../../../src/schema/cost/sizes.ts'

const schema = createBareSchema()
const everything = { places: null }

/** A place with a list of this many rows; null when it was not read. */
function placeOf(
  vendorId: string,
  rows: number | null,
  { provider = 'AKAMAI', __typename = 'AkamaiContract', fingerprint = (_row: number): string | null => null } = {},
): KnownPlace {
  const place = { __typename, id: `global ${vendorId}`, provider, vendorId, name: null } as Place
  const toRow = (row: number) => ({ place, x509: { sha256Fingerprint: fingerprint(row) } }) as Pick<Certificate, 'x509'>
  const list = rows === null ? null : new CertificateList(Array.from({ length: rows }, (_, i) => toRow(i)) as never)
  return { place, parent: null, list: list as CertificateList<PlacedCertificate> | null, isSearched: true }
}

function sizesOf(places: readonly KnownPlace[], unlisted = 0) {
  const known = { places, discoveries: { all: 1, searched: 1 }, unlisted, isSearchedBelow: true }
  return createSizes([{ provider: 'AKAMAI', knownPlaces: () => known }], everything)
}

const costWith = (sizes: ReturnType<typeof sizesOf>, query: string) =>
  createCostOf(schema, { sizesOf: () => sizes, version: 0 })({
    document: parse(query),
    operationName: null,
    variables: {},
    caller: everything,
  })?.cost

describe('the price of a scan', () => {
  const sizes = sizesOf([placeOf('a', 20_000), placeOf('b', 30_000), placeOf('c', null, { provider: 'OPENAI' })])
  const search = (args: string) => costWith(sizes, `{ certificates${args} { nodes { id } } }`)
  const all = 500

  it('is one for a hundred rows that a filter tests', () => {
    expect(search('')).toBe(10 + 20)
    expect(search('(filter: { nameContains: "a" })')).toBe(10 + 20 + all)
    expect(search('(filter: { search: "a" })')).toBe(10 + 20 + all)
    expect(search('(filter: { active: true })')).toBe(10 + 20 + all)
    expect(search('(filter: { expiresWithin: "P30D", active: true })')).toBe(10 + 20 + all)
  })

  it('is zero where the order by expiry answers, and for a number that is known', () => {
    expect(search('(filter: { expiresWithin: "P30D" })')).toBe(10 + 20)
    expect(search('(filter: { expiryStatuses: [OK], includeDeleted: true })')).toBe(10 + 20)
    expect(costWith(sizes, '{ certificates { totalCount a: totalCount } }')).toBe(10)
    expect(costWith(sizes, '{ certificates(filter: { search: "a" }) { totalCount } }')).toBe(10 + all)
  })

  it('is one for lists that are read for one operation', () => {
    expect(search('(filter: { expiresWithin: "P30D" }, maxStaleness: "PT1M")')).toBe(10 + 20 + all)
    expect(costWith(sizes, '{ certificates(maxStaleness: "PT1M") { totalCount } }')).toBe(10 + all)
  })

  it('is that of the places and vendors in the filter', () => {
    expect(search('(filter: { nameContains: "a", placeIds: ["a"] })')).toBe(10 + 20 + 2 * 200)
    expect(search('(filter: { placeIds: ["a", "global a", "a"] })')).toBe(10 + 20 + 200)
    expect(search('(filter: { nameContains: "a", providers: OPENAI })')).toBe(10 + 20)
    expect(search('(filter: { placeIds: ["unknown"] })')).toBe(10 + 20)
  })

  it('is three times as high for a filter on the contents of certificates, which also counts calls', () => {
    expect(search('(filter: { issuerContains: "a" })')).toBe(10 + 20 + 1_000 + 3 * all)
    expect(search('(filter: { weaknesses: [EC_BELOW_256] })')).toBe(search('(filter: { issuerContains: "a" })'))
  })

  it('counts again for totalCount, statistics and each alias', () => {
    const active = 'certificates(filter: { active: true })'
    expect(costWith(sizes, `{ ${active} { totalCount } }`)).toBe(10 + 2 * all)
    expect(costWith(sizes, `{ ${active} { totalCount a: totalCount } }`)).toBe(10 + 3 * all)
    expect(costWith(sizes, '{ certificateStatistics { total } }')).toBe(11 + all)
    expect(costWith(sizes, '{ certificateStatistics(filter: { search: "a" }) { total } }')).toBe(11 + 2 * all)
    expect(costWith(sizes, '{ certificateStatistics { byWeakness { count } } }')).toBe(11 + all + 1_000 + 3 * all)
    expect(
      costWith(
        sizes,
        `{ a: ${active} { ...T } b: ${active} { ...T } } fragment T on CertificateConnection { totalCount }`,
      ),
    ).toBe(2 * (10 + 2 * all))
  })

  it('is that of the largest list of its type in the list of a place', () => {
    const list = (type: string) =>
      costWith(
        sizes,
        `{ certificatePlaces(first: 1) { nodes { ... on ${type} { certificates(first: 1, filter: { search: "a" }) { totalCount } } } } }`,
      )
    expect(list('AkamaiContract')).toBe(10 + 1 + 10 + 300 + 300)
    expect(list('OpenAIProject')).toBe(10 + 1 + 10)
  })

  it('is that of an assumed size for a place that was not read, and for places that were not listed', () => {
    const cost = (sizes: ReturnType<typeof sizesOf>) =>
      costWith(sizes, '{ certificates(maxStaleness: "PT1M") { totalCount } }')
    expect(cost(sizesOf(Array.from({ length: 100 }, (_, i) => placeOf(`${i}`, null))))).toBe(10 + assumedRows)
    expect(cost(sizesOf([], 20))).toBe(10 + 2 * assumedRows)
  })
})

describe('the price of a list', () => {
  it('counts a report for each place and discovery of the search', () => {
    const sizes = sizesOf(Array.from({ length: 2_000 }, (_, i) => placeOf(`${i}`, 1)))
    const page = (args: string, fields: string) => costWith(sizes, `{ certificates${args} { ${fields} } }`)
    expect(page('(first: 100)', 'nodes { id } sources { place { label } }')).toBe(10 + 100 + 2_001)
    expect(page('(filter: { placeIds: ["1", "2"] })', 'sources { status }')).toBe(10 + 2 + 1)
    expect(page('', 'sources { place { ... on AkamaiContract { certificates(first: 100) { nodes { id } } } } }')).toBe(
      10 + 2_001 * (1 + 10 + 100),
    )
    expect(costWith(sizes, '{ certificateStatistics { byPlace { key { id } } } }')).toBe(11 + 20 + 2 * 2_000)
    expect(costWith(sizes, '{ certificatePlaces(first: 1) { totalCount sources { status } nodes { id } } }')).toBe(
      10 + 20 + 20 + 1 + 1,
    )
  })

  it('counts the duplicates that the lists have', () => {
    const shared = { fingerprint: (row: number) => (row < 3 ? `same ${row}` : `unique ${row}`) }
    const twice = { fingerprint: () => 'in one place' }
    const sizes = sizesOf([
      placeOf('a', 10, shared),
      placeOf('b', 3, shared),
      placeOf('c', 2, shared),
      placeOf('d', 5, twice),
    ])
    const query = (fields: string) => costWith(sizes, `{ certificateStatistics { duplicates { ${fields} } } }`)
    expect(query('sha256Fingerprint')).toBe(11 + 3)
    expect(query('certificates { id }')).toBe(11 + 3 + 8)
    expect(query('certificates { issuer subject }')).toBe(11 + 3 + 8 * 11)
  })

  it('reads the rows for the duplicates once while the readings are the same', () => {
    let read = 0
    const fingerprint = (row: number) => `${row}`
    const places = Array.from({ length: 20 }, (_, index) => placeOf(`p${index}`, 50, { fingerprint }))
    for (const { list } of places) {
      const rows = list?.rows
      Object.defineProperty(list, 'rows', {
        get: () => {
          read += 1
          return rows
        },
      })
    }
    for (let time = 0; time < 3; time += 1) {
      expect(sizesOf([...places]).duplicates()).toMatchObject({ certificates: 50, rows: 1_000 })
    }
    expect(read).toBe(20)
    expect(sizesOf(places.slice(0, 2)).duplicates()).toMatchObject({ certificates: 50, rows: 100 })
    expect(sizesOf(places).duplicates()).toMatchObject({ certificates: 50, rows: 1_000 })
    expect(read).toBe(22)
  })

  it('counts values beyond the 25 that an object includes', () => {
    const sizes = sizesOf([])
    const values = (count: number) => Array.from({ length: count }, (_, i) => `a${i}: name`).join(' ')
    const page = (fields: string) => costWith(sizes, `{ certificates(first: 100) { nodes { ${fields} } } }`)
    expect(page(values(24))).toBe(10 + 100)
    expect(page(values(25))).toBe(10 + 200)
    expect(page(`... on Certificate { ${values(50)} }`)).toBe(10 + 300)
  })
})

describe('the work of pricing by sizes', () => {
  /** Places that count how often their lists are looked at. */
  function countedPlaces(count: number) {
    const looks = { lists: 0, vendors: 0 }
    const places = Array.from({ length: count }, (_, index) => {
      const known = placeOf(`${index}`, 1)
      return {
        ...known,
        get list() {
          looks.lists += 1
          return known.list
        },
      }
    })
    const knownPlaces = () => {
      looks.vendors += 1
      return { places, discoveries: { all: 0, searched: 0 }, unlisted: 0, isSearchedBelow: true }
    }
    return { looks, sizes: createSizes([{ provider: 'AKAMAI', knownPlaces }], everything) }
  }

  it('is none for an operation whose price does not depend on sizes', () => {
    const { looks, sizes } = countedPlaces(10)
    expect(costWith(sizes, '{ certificates(first: 5) { nodes { id } } }')).toBe(10 + 5)
    expect(looks).toEqual({ lists: 0, vendors: 0 })
  })

  it('is one pass over the places, however many fields depend on them', () => {
    const { looks, sizes } = countedPlaces(1_000)
    const list = 'certificates(filter: { search: "a" }) { totalCount'
    const fragments = Array.from(
      { length: 30 },
      (_, i) =>
        `fragment F${i} on AkamaiContract { a: ${list} nodes { contract { ...F${i + 1} } } } b: ${list} nodes { contract { ...F${i + 1} } } } }`,
    )
    const ids = Array.from({ length: 100 }, (_, i) => `"${i}"`).join(' ')
    const searches = Array.from(
      { length: 20 },
      (_, i) => `c${i}: certificates(filter: { placeIds: [${ids}] }) { totalCount sources { status } }`,
    )
    const query = `{ ${searches.join(' ')} akamaiContract(id: "a") { ...F0 } } ${fragments.join(' ')} fragment F30 on AkamaiContract { id }`
    expect(costWith(sizes, query)).toBe(Number.MAX_SAFE_INTEGER)
    expect(looks.vendors).toBe(1)
    expect(looks.lists).toBeLessThan(20 * 1_000)
  })
})
