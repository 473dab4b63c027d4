import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import {
  certificatePage,
  certificateRejection,
  idsOf,
  type Page,
  rejectedWith,
} from '../../support/certificate-pages.ts'
import { beyondEveryTtl } from '../../support/changing-places.ts'
import { whileTimePasses } from '../../support/passing-time.ts'
import { type Stack, startStack } from '../../support/stack.ts'

interface Report {
  readonly certificates: Page<{ id: string; name: string; active: boolean | null }> & {
    readonly sources: readonly { kind: string; status: string; place: { id: string; name: string | null } }[]
  }
}

const report = `query ($filter: CertificateFilter) {
  certificates(first: 100, filter: $filter) {
    nodes { id name active } totalCount complete sources { kind status place { id name } } pageInfo { hasNextPage }
  }
}`

describe('a filter on placeIds', () => {
  let stack: Stack
  let whole: Page
  let places: Readonly<Record<string, string>>
  beforeAll(async () => {
    stack = await startStack({
      limits: false,
      // Without stale readings: places that cannot be read have no certificates.
      configure: (file) => ({ ...file, upstream: { staleIfError: '0s' } }),
    })
    whole = await certificatePage(stack, { first: 100 })
    const { data } = await stack.ask<{
      certificatePlaces: { nodes: { id: string; name: string | null; contractId?: string }[] }
    }>('{ certificatePlaces(first: 100) { nodes { id name ... on AkamaiContract { contractId } } } }')
    places = Object.fromEntries(
      data.certificatePlaces.nodes.map(({ id, name, contractId }) => [name ?? contractId, id]),
    )
  })
  afterAll(() => stack.close())

  beforeEach(() => {
    stack.clock.advance(beyondEveryTtl)
    for (const emulator of stack.emulators) emulator.reset()
  })

  const place = (name: string) => places[name] ?? `no place ${name}`
  const ask = async (placeNames: readonly string[], filter = {}) => {
    const asked = stack.ask<Report>(report, { filter: { placeIds: placeNames.map(place), ...filter } })
    const { data, errors } = await whileTimePasses(stack.clock, asked)
    expect(errors).toBeUndefined()
    return data.certificates
  }
  const rejection = (placeIds: readonly unknown[]) => certificateRejection(stack, { filter: { placeIds } })
  const organization = () => {
    const [first] = stack.openai.state.organizations
    if (!first) throw new Error('no organization')
    return first
  }

  it.each([
    ['Bluequay Freight', 14],
    ['C-1BQ7FR8', 13],
    ['K-2CB4PY1', 9],
    ['Bluequay CDN', 22],
    ['Bluequay customer chat', 8],
    ['Clearberth support chat', 7],
  ])('returns the certificates of %s, and reads no other place', async (name, count) => {
    const { nodes, totalCount, complete, sources } = await ask([name])
    expect({ count: nodes.length, totalCount, complete }).toEqual({ count, totalCount: count, complete: true })
    const read = sources.filter(({ kind }) => kind === 'CERTIFICATES')
    const lists = ['/certificates', '/active-certificates'].flatMap((path) => stack.callsTo(path))
    expect(read).toHaveLength(name === 'Bluequay CDN' ? 2 : 1)
    expect(new Set(lists.map(({ target }) => target)).size).toBe(read.length)
  })

  it('returns the certificates of several places, each once', async () => {
    const all = await ask([
      'Bluequay Freight',
      'Bluequay CDN',
      'C-1BQ7FR8',
      'Bluequay customer chat',
      'Clearberth support chat',
    ])
    expect(idsOf(all.nodes)).toEqual(idsOf(whole.nodes))
    expect(all.totalCount).toBe(whole.totalCount)
    const twice = await ask(['C-1BQ7FR8', 'C-1BQ7FR8'])
    expect(twice).toEqual(await ask(['C-1BQ7FR8']))
  })

  it('does not read the lists of other projects or the list of projects', async () => {
    await ask(['Bluequay Freight'])
    await certificatePage(stack, {})
    expect(stack.callsTo('/projects')).toEqual([])
  })

  it('adds the list of a named project', async () => {
    const { nodes, sources } = await ask(['Route planning'])
    const own = organization().projects.find(({ name }) => name === 'Route planning')?.certificates ?? []
    expect(nodes).toHaveLength(own.length)
    expect(sources).toEqual([
      { kind: 'DISCOVERY', status: 'OK', place: { id: place('Bluequay Freight'), name: 'Bluequay Freight' } },
      { kind: 'CERTIFICATES', status: 'OK', place: { id: place('Route planning'), name: 'Route planning' } },
    ])
    for (const names of [
      ['Route planning', 'Bluequay Freight'],
      ['Bluequay Freight', 'Route planning'],
    ]) {
      const joined = await ask(names)
      expect(idsOf(joined.nodes)).toEqual(idsOf(whole.nodes.filter(({ provider }) => provider === 'OPENAI')))
      expect(joined.totalCount).toBe(14)
    }
  })

  it('filters the certificates of a project by the flag of its organization', async () => {
    const flags = new Map(organization().certificates.map(({ name, active }) => [name, active]))
    const [active, inactive] = [
      await ask(['Shipment tracking'], { active: true }),
      await ask(['Shipment tracking'], { active: false }),
    ]
    for (const { nodes, complete } of [active, inactive]) {
      expect(complete).toBe(true)
      for (const { name, active } of nodes) expect({ name, active }).toEqual({ name, active: flags.get(name) })
    }
    expect(active.nodes.every(({ active }) => active)).toBe(true)
    expect(inactive.nodes.map(({ name }) => name)).toEqual(['Warehouse scanners', 'Customs declarations'])
    expect(active.totalCount + inactive.totalCount).toBe((await ask(['Shipment tracking'])).totalCount)
  })

  it('reads no place of a vendor that another condition excludes', async () => {
    const { nodes, complete, sources } = await ask(['Bluequay customer chat'], { providers: ['AKAMAI'] })
    expect({ nodes, complete, sources }).toEqual({ nodes: [], complete: true, sources: [] })
    expect(stack.callsTo('/')).toEqual([])
  })

  it('is NOT_CONFIGURED for an unknown place', async () => {
    const named = (...parts: readonly string[]) => Buffer.from(parts.join(':')).toString('base64')
    for (const id of [
      named('OpenAIOrganization', 'org_other'),
      named('OpenAIProject', 'org_bluequay', 'proj_other'),
      named('OpenAIProject', 'org_other', 'proj_other'),
      named('AkamaiAccount', 'other'),
      named('AkamaiContract', 'C-OTHER'),
      named('LivePersonAccount', 'le1'),
      // Begins with the id of a place.
      named('OpenAIOrganization', 'org_bluequay', 'more'),
      named('AkamaiContract', 'C-1BQ7FR8', 'more'),
      named('LivePersonAccount', 'le4830275', 'more'),
    ]) {
      const rejected = rejectedWith('NOT_CONFIGURED', /filter\.placeIds\[1\]/)
      expect({ id, ...(await rejection([place('C-1BQ7FR8'), id])) }).toEqual({ id, ...rejected })
    }
    const pilot = named(
      'OpenAIProject',
      'org_bluequay',
      organization().projects.find(({ archivedAt }) => archivedAt !== null)?.id ?? '',
    )
    expect(await rejection([pilot])).toEqual(rejectedWith('NOT_CONFIGURED', /filter\.placeIds\[0\]/))
  })

  it('rejects an invalid id, the id of another type, and an empty list', async () => {
    for (const id of ['', 'C 1BQ7FR8', `${place('C-1BQ7FR8')} `, 'A'.repeat(5000)]) {
      expect({ id, ...(await rejection([id])) }).toEqual({ id, ...rejectedWith('BAD_USER_INPUT', /of this API/) })
    }
    const certificate = whole.nodes[0]?.id
    expect(await rejection([place('C-1BQ7FR8'), certificate])).toEqual(
      rejectedWith('BAD_USER_INPUT', /filter\.placeIds\[1\]/),
    )
    expect(await rejection([])).toEqual(rejectedWith('BAD_USER_INPUT', /filter\.placeIds/))
  })

  it.each([
    ['org_bluequay', 'Bluequay Freight'],
    ['C-1BQ7FR8', 'C-1BQ7FR8'],
    ['bluequay', 'Bluequay CDN'],
  ])('takes the id of the vendor: %s', async (vendorId, name) => {
    const answer = await certificatePage(stack, { first: 100, filter: { placeIds: [vendorId] } })
    expect(answer.nodes.length).toBeGreaterThan(0)
    expect(answer).toEqual(await certificatePage(stack, { first: 100, filter: { placeIds: [place(name)] } }))
  })

  it('rejects an account whose id in the configuration is that of a contract', async () => {
    const other = await startStack({
      limits: false,
      configure: (file) => ({
        akamai: { accounts: file.akamai.accounts.map((each) => ({ ...each, id: 'C-1BQ7FR8' })) },
      }),
    })
    try {
      expect(await certificateRejection(other, { filter: { placeIds: ['C-1BQ7FR8'] } })).toEqual(
        rejectedWith('BAD_USER_INPUT', /filter\.placeIds\[0\]: C-1BQ7FR8 is the vendorId of two places/),
      )
    } finally {
      await other.close()
    }
  })

  it('rejects the id of a vendor that no place has, and one that a discovered place may not have', async () => {
    for (const id of ['C-OTHER', 'proj_none', place('C-1BQ7FR8').toLowerCase().replaceAll('=', '')]) {
      expect(await rejection([id])).toEqual(rejectedWith('NOT_CONFIGURED', /filter\.placeIds\[0\]/))
    }
  })

  it('makes the result incomplete, without an error, when a failed discovery may contain the place', async () => {
    const recover = stack.openai.emulator.fault({
      match: ({ path }) => path.endsWith('/projects'),
      effect: { status: 500 },
    })
    const { nodes, complete, sources } = await ask(['Route planning', 'C-1BQ7FR8'])
    recover()
    expect({ count: nodes.length, complete }).toEqual({ count: 13, complete: false })
    expect(sources.map(({ kind, status }) => `${kind} ${status}`)).toContain('DISCOVERY FAILED')
  })
})
