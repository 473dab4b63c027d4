import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { allPages, certificatePage, everyOrder, type Listed, rowsOf } from '../support/certificate-pages.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { startStackWithUnevenLists } from '../support/uneven-list.ts'

/** Vendor, kind of place and vendor's id, from the ids of certificates: they begin with the id of their place. */
function placeOf({ id, provider }: Listed): string {
  const kinds: Readonly<Record<string, string>> = {
    AKAMAI: 'AkamaiContract',
    LIVEPERSON: 'LivePersonAccount',
    OPENAI: 'OpenAIOrganization',
  }
  return `${provider} ${kinds[provider]} ${Buffer.from(id, 'base64').toString().split(':')[1]}`
}

/** Compares two rows as the contract says, independently of the code under test. */
function compare(field: string, direction: string): (a: Listed, b: Listed) => number {
  const keyOf = (row: Listed) => {
    if (field === 'NAME') return row.name?.normalize('NFC').toLowerCase().slice(0, 256) ?? null
    if (field === 'PLACE') return placeOf(row)
    const date = field === 'CREATED_AT' ? row.createdAt : row.expiresAt
    return date === null ? null : Date.parse(date)
  }
  return (a, b) => {
    const [x, y] = [keyOf(a), keyOf(b)]
    const byId = a.id < b.id ? -1 : 1
    if (x === null || y === null) return x === y ? byId : x === null ? 1 : -1
    if (x === y) return byId
    return (x < y ? -1 : 1) * (direction === 'ASC' ? 1 : -1)
  }
}

describe('an order of certificates', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStackWithUnevenLists()
  })
  afterAll(() => stack.close())

  const list = async (orderBy?: { field: string; direction: string }) =>
    rowsOf(await allPages({ first: 100 }, (args) => certificatePage(stack, { ...args, ...(orderBy && { orderBy }) })))

  it.each(everyOrder)(
    'by $field $direction sorts by the field, then by id ascending, with rows without a value last',
    async (orderBy) => {
      const rows = await list(orderBy)
      expect(rows).toEqual([...rows].sort(compare(orderBy.field, orderBy.direction)))
    },
  )

  it.each([
    ['CREATED_AT', 'createdAt'],
    ['EXPIRES_AT', 'expiresAt'],
    ['NAME', 'name'],
  ] as const)('by %s has rows without a value last, by id, in both directions', async (field, member) => {
    const [ascending, descending] = [await list({ field, direction: 'ASC' }), await list({ field, direction: 'DESC' })]
    const missing = ascending.filter((row) => row[member] === null)
    expect(missing.length).toBeGreaterThan(10)
    expect(missing).toEqual([...missing].sort((a, b) => (a.id < b.id ? -1 : 1)))
    expect(ascending.slice(-missing.length)).toEqual(missing)
    expect(descending.slice(-missing.length)).toEqual(missing)
  })

  it('is by expiry, soonest first, by default', async () => {
    expect(await list()).toEqual(await list({ field: 'EXPIRES_AT', direction: 'ASC' }))
  })
})

describe('the order by name', () => {
  const long = 'a'.repeat(255)
  /** In ascending order; the names of a group are equal. */
  const groups = [
    ['\u0001'.repeat(300)],
    // Only the first 256 code units are compared, even if that splits a surrogate pair.
    [`${long}b1`, `${long.toUpperCase()}B2`, `${long}b`],
    [`${long}😀`, `${long}😁 and more`],
    ['Alpha', 'aLPHA', 'alpha'],
    ['zebra'],
    // The same letter, composed and decomposed.
    ['Éclair', 'E\u0301clair', 'e\u0301CLAIR'],
    ['漢'.repeat(400), `${'漢'.repeat(256)}字`],
    // By code units: U+1F600 is two surrogates, each less than U+FF5E.
    ['😀'],
    ['～'],
  ]
  const names = groups.flat()
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack({
      scale: {
        openai: { organizations: 1, certificatesPerOrganization: 0, projectsPerOrganization: 0 },
        akamai: { accounts: 1, contractsPerAccount: 1, enrollmentsPerContract: 0 },
        liveperson: { accounts: 1, certificatesPerAccount: names.length },
      },
    })
    for (const [index, certificate] of (stack.liveperson.state.accounts[0]?.certificates ?? []).reverse().entries()) {
      certificate.name = names[index] ?? ''
    }
  })
  afterAll(() => stack.close())

  const groupOf = ({ name }: Listed) => groups.findIndex((group) => group.includes(name ?? ''))
  const ascending = groups.flatMap((group, index) => group.map(() => index))

  describe.each(['ASC', 'DESC'] as const)('%s', (direction) => {
    const page = (args: object) => certificatePage(stack, { ...args, orderBy: { field: 'NAME', direction } })

    it('compares the first 256 code units of composed lower-case names, then ids', async () => {
      const { nodes } = await page({ first: 100 })
      expect(nodes.map(groupOf)).toEqual(direction === 'ASC' ? ascending : [...ascending].reverse())
      for (const index of groups.keys()) {
        const ids = nodes.filter((row) => groupOf(row) === index).map(({ id }) => id)
        expect(ids).toEqual([...ids].sort())
      }
    })

    it('can be paged by 1 in both directions through long and unusual names', async () => {
      const { nodes } = await page({ first: 100 })
      expect(rowsOf(await allPages({ first: 1 }, page))).toEqual(nodes)
      expect(rowsOf(await allPages({ last: 1 }, page), 'end')).toEqual(nodes)
    })
  })
})
