import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { certificatePage, certificateRefusal, idsOf, type Page, refusedWith } from '../../support/certificate-pages.ts'
import { beyondEveryTtl } from '../../support/changing-places.ts'
import { whileTimePasses } from '../../support/passing-time.ts'
import { type Stack, startStack } from '../../support/stack.ts'

interface Report {
  readonly certificates: Page<{ id: string; name: string; active: boolean | null }> & {
    readonly sources: readonly { kind: string; status: string; scope: { id: string; name: string | null } }[]
  }
}

const report = `query ($filter: CertificateFilter) {
  certificates(first: 100, filter: $filter) {
    nodes { id name active } totalCount complete sources { kind status scope { id name } } pageInfo { hasNextPage }
  }
}`

describe('a filter on scopeIds', () => {
  let stack: Stack
  let whole: Page
  let places: Readonly<Record<string, string>>
  beforeAll(async () => {
    stack = await startStack({
      limits: false,
      // What cannot be read is a gap: nothing that was read before takes its place.
      configure: (file) => ({ ...file, upstream: { staleIfError: '0s' } }),
    })
    whole = await certificatePage(stack, { first: 100 })
    const { data } = await stack.ask<{ scopes: { nodes: { id: string; name: string | null; contractId?: string }[] } }>(
      '{ scopes(first: 100) { nodes { id name ... on AkamaiContract { contractId } } } }',
    )
    places = Object.fromEntries(data.scopes.nodes.map(({ id, name, contractId }) => [name ?? contractId, id]))
  })
  afterAll(() => stack.close())

  beforeEach(() => {
    stack.clock.advance(beyondEveryTtl)
    for (const { emulator } of [stack.openai, stack.akamai, stack.liveperson]) emulator.reset()
  })

  const place = (name: string) => places[name] ?? `no place ${name}`
  const ask = async (scopeNames: readonly string[], filter = {}) => {
    const asked = stack.ask<Report>(report, { filter: { scopeIds: scopeNames.map(place), ...filter } })
    const { data, errors } = await whileTimePasses(stack.clock, asked)
    expect(errors).toBeUndefined()
    return data.certificates
  }
  const refusal = (scopeIds: readonly unknown[]) => certificateRefusal(stack, { filter: { scopeIds } })
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
  ])('lists what %s holds, and reads no other place', async (name, count) => {
    const { nodes, totalCount, complete, sources } = await ask([name])
    expect({ count: nodes.length, totalCount, complete }).toEqual({ count, totalCount: count, complete: true })
    const read = sources.filter(({ kind }) => kind === 'CERTIFICATES')
    const lists = ['/certificates', '/active-certificates'].flatMap((path) => stack.callsTo(path))
    expect(read).toHaveLength(name === 'Bluequay CDN' ? 2 : 1)
    expect(new Set(lists.map(({ target }) => target)).size).toBe(read.length)
  })

  it('lists several places as one list, each certificate once', async () => {
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

  it('reads no list of a project that it does not name, nor the list of projects', async () => {
    await ask(['Bluequay Freight'])
    await certificatePage(stack, {})
    expect(stack.callsTo('/projects')).toEqual([])
  })

  it('adds the own list of a project that it names', async () => {
    const { nodes, sources } = await ask(['Route planning'])
    const own = organization().projects.find(({ name }) => name === 'Route planning')?.certificates ?? []
    expect(nodes).toHaveLength(own.length)
    expect(sources).toEqual([
      { kind: 'DISCOVERY', status: 'OK', scope: { id: place('Bluequay Freight'), name: 'Bluequay Freight' } },
      { kind: 'CERTIFICATES', status: 'OK', scope: { id: place('Route planning'), name: 'Route planning' } },
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

  it('filters what a project lists by the flag of the organization', async () => {
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

  it('lists nothing, and reads nothing, of a place of a vendor that another condition leaves out', async () => {
    const { nodes, complete, sources } = await ask(['Bluequay customer chat'], { providers: ['AKAMAI'] })
    expect({ nodes, complete, sources }).toEqual({ nodes: [], complete: true, sources: [] })
    expect(stack.callsTo('/')).toEqual([])
  })

  it('is NOT_CONFIGURED for a place that nobody configured, and lists nothing', async () => {
    const named = (...parts: readonly string[]) => Buffer.from(parts.join(':')).toString('base64')
    for (const id of [
      named('OpenAIOrganization', 'org_other'),
      named('OpenAIProject', 'org_bluequay', 'proj_other'),
      named('OpenAIProject', 'org_other', 'proj_other'),
      named('AkamaiAccount', 'other'),
      named('AkamaiContract', 'C-OTHER'),
      named('LivePersonAccount', 'le1'),
      // Longer than the id of the place that it begins with.
      named('OpenAIOrganization', 'org_bluequay', 'more'),
      named('AkamaiContract', 'C-1BQ7FR8', 'more'),
      named('LivePersonAccount', 'le4830275', 'more'),
    ]) {
      const refused = refusedWith('NOT_CONFIGURED', /filter\.scopeIds\[1\]/)
      expect({ id, ...(await refusal([place('C-1BQ7FR8'), id])) }).toEqual({ id, ...refused })
    }
    const pilot = named(
      'OpenAIProject',
      'org_bluequay',
      organization().projects.find(({ archivedAt }) => archivedAt !== null)?.id ?? '',
    )
    expect(await refusal([pilot])).toEqual(refusedWith('NOT_CONFIGURED', /filter\.scopeIds\[0\]/))
  })

  it('refuses what is no id, the id of something else, and an empty list', async () => {
    for (const id of ['', 'C-1BQ7FR8', `${place('C-1BQ7FR8')} `, place('C-1BQ7FR8').toLowerCase(), 'A'.repeat(5000)]) {
      expect({ id, ...(await refusal([id])) }).toEqual({ id, ...refusedWith('BAD_USER_INPUT', /of this API/) })
    }
    const certificate = whole.nodes[0]?.id
    expect(await refusal([place('C-1BQ7FR8'), certificate])).toEqual(
      refusedWith('BAD_USER_INPUT', /filter\.scopeIds\[1\]/),
    )
    expect(await refusal([])).toEqual(refusedWith('BAD_USER_INPUT', /filter\.scopeIds/))
  })

  it('is a gap in the answer, and no error, when it cannot be found out whether the place is there', async () => {
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
