import { describe, expect, it } from '@jest/globals'
import { CertificateList } from '../../src/catalog/certificate-list.ts'
import type { Discovery } from '../../src/providers/discovery.ts'
import { findKnownPlaces } from '../../src/providers/known-places.ts'
import type { CertificateHolder, Place } from '../../src/providers/place.ts'

const list = new CertificateList<never>([])
const contract = (vendorId: string) =>
  ({ id: vendorId, vendorId, lastList: () => list }) as unknown as CertificateHolder

/** An account whose places the vendor lists: these, or none yet. */
function accountOf(vendorId: string, contracts: readonly string[] | null, isListed = false) {
  const below: Partial<Discovery<CertificateHolder>> = {
    isDiscovered: true,
    lastPlaces: ({ caller }) =>
      contracts?.filter((id) => caller.places === null || caller.places.has(id)).map(contract) ?? null,
  }
  const account = { id: vendorId, vendorId, below, ...(isListed && { read: () => {}, lastList: () => null }) }
  return account as unknown as Place & { readonly below: Discovery<CertificateHolder> }
}

const caller = (...places: readonly string[]) => ({ caller: { places: new Set(places) } })
const everyone = { caller: { places: null } }
const idsOf = ({ places }: ReturnType<typeof findKnownPlaces>) => places.map(({ place }) => place.id)

describe('findKnownPlaces', () => {
  it('lists accounts and the places below them, each place once', () => {
    const known = findKnownPlaces(everyone, [
      accountOf('a', ['1', '2']),
      accountOf('b', ['2', '3']),
      accountOf('c', null),
    ])
    expect(idsOf(known)).toEqual(['a', 'b', 'c', '1', '2', '3'])
    expect(known).toMatchObject({ discoveries: { all: 3, searched: 3 }, unlisted: 1, isSearchedBelow: true })
  })

  it('tells a list that was not read from a place without a list', () => {
    const { places } = findKnownPlaces(everyone, [accountOf('a', ['1']), accountOf('b', [], true)])
    expect(places.map((each) => each.list)).toEqual([undefined, null, list])
  })

  it('marks the lists that a search reads: that of an account, or those of the places below it', () => {
    const searched = (visitor: Parameters<typeof findKnownPlaces>[0]) =>
      findKnownPlaces(visitor, [accountOf('a', ['1', '2'], true)])
        .places.filter(({ isSearched }) => isSearched)
        .map(({ place }) => place.id)
    expect(searched(everyone)).toEqual(['a'])
    expect(searched(caller('1'))).toEqual(['1'])
    expect(searched(caller('a', '1'))).toEqual(['a'])
  })

  it('is the same for a limited caller whatever hidden accounts and places there are', () => {
    const visitor = caller('1')
    const few = findKnownPlaces(visitor, [accountOf('a', ['1'])])
    const many = findKnownPlaces(visitor, [
      accountOf('a', ['1', '2', '3']),
      accountOf('b', ['1', '4']),
      accountOf('c', null),
    ])
    expect(idsOf(few)).toEqual(['1'])
    expect({ ...many, places: idsOf(many) }).toEqual({ ...few, places: idsOf(few) })
  })
})
