import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { toGlobalId } from '../../src/providers/global-id.ts'
import { changesOf, listChanges, readAgain, readInVain } from '../support/change-history.ts'
import { firstOf } from '../support/rewriting.ts'
import { type Stack, startStack } from '../support/stack.ts'

const scale = {
  openai: { organizations: 1, certificatesPerOrganization: 3, projectsPerOrganization: 1 },
  akamai: { contracts: 1, enrollmentsPerContract: 2 },
  liveperson: { accounts: 1, certificatesPerAccount: 3 },
}

let stack: Stack
beforeEach(async () => {
  stack = await startStack({ limits: false, scale })
})
afterEach(() => stack.close())

const organization = () => firstOf(stack.openai.state.organizations)
const certificate = () => firstOf(organization().certificates)
const liveperson = () => firstOf(stack.liveperson.state.accounts)
const globalId = (id: string) => toGlobalId('OpenAICertificate', organization().id, id)

const certificates = async () => {
  const { nodes } = await listChanges(stack, 'first: 9', 'certificate { id name active }')
  return nodes.map((node) => Reflect.get(node, 'certificate'))
}

/** Adds a certificate like another one to the organization. */
function upload(id: string, values: { readonly name?: string | null } = {}) {
  organization().certificates.push({ ...certificate(), id, ...values })
}

describe('the history of changes', () => {
  it('has no history before anything was read', async () => {
    expect(await listChanges(stack)).toEqual({
      nodes: [],
      totalCount: 0,
      recordedSince: null,
      pageInfo: { endCursor: null, hasNextPage: false },
    })
  })

  it('begins with the first reading, which shows no change', async () => {
    const before = new Date(stack.clock.now()).toISOString()
    await readAgain(stack)
    const { nodes, recordedSince } = await listChanges(stack)
    expect(nodes).toEqual([])
    expect(Date.parse(recordedSince ?? '')).toBeGreaterThan(Date.parse(before))
    await readAgain(stack)
    expect(await listChanges(stack)).toMatchObject({ nodes: [], recordedSince })
  })

  it.each([
    ['whose list could not be read yet', 'liveperson', '/certificates'],
    ['that could not be discovered yet', 'akamai', '/identifiers'],
  ] as const)('claims nothing for a place %s, and then what holds for all', async (_what, vendor, path) => {
    const end = stack[vendor].emulator.fault({
      match: (request) => request.path.endsWith(path),
      effect: { status: 500 },
    })
    await readInVain(stack)
    const since = async (args = 'first: 1') => (await listChanges(stack, args)).recordedSince
    const ofOrganization = `first: 1, placeIds: ["${organization().id}"]`
    const first = await since(ofOrganization)
    expect(first).not.toBeNull()
    expect(await since()).toBeNull()
    end()
    await readAgain(stack)
    await readAgain(stack)
    expect(await since(ofOrganization)).toBe(first)
    const all = await since()
    expect(Date.parse(all ?? '')).toBeGreaterThan(Date.parse(first ?? ''))
    expect(await since(`first: 1, placeIds: ["${organization().id}", "${liveperson().id}"]`)).toBe(
      vendor === 'liveperson' ? all : first,
    )
  })

  it('counts a project with its organization, unless it is named', async () => {
    await readAgain(stack)
    const all = await listChanges(stack)
    const { id } = firstOf(organization().projects)
    const named = `first: 1, placeIds: ["${id}"]`
    expect([all.recordedSince === null, (await listChanges(stack, named)).recordedSince]).toEqual([false, null])
    stack.clock.advance(1_000)
    await stack.ask(`{ openAIProject(id: "${id}") { certificates { totalCount } } }`)
    expect((await listChanges(stack)).recordedSince).toBe(all.recordedSince)
    expect((await listChanges(stack, named)).recordedSince).toBe(new Date(stack.clock.now()).toISOString())
  })

  it('has a certificate that appeared, and one that vanished, each once', async () => {
    await readAgain(stack)
    upload('cert_new', { name: 'new' })
    await readAgain(stack)
    await readAgain(stack)
    const [added] = (await listChanges(stack)).nodes
    expect(added).toEqual({
      id: expect.any(String),
      kind: 'APPEARED',
      at: expect.any(String),
      place: { vendorId: organization().id },
      certificateId: globalId('cert_new'),
      name: 'new',
      expiresAt: new Date((certificate().expiresAt ?? 0) * 1000).toISOString(),
      expiryStatus: null,
      replacesId: null,
      actor: null,
    })
    expect(await certificates()).toEqual([{ id: globalId('cert_new'), name: 'new', active: certificate().active }])
    organization().certificates.pop()
    await readAgain(stack)
    await readAgain(stack)
    expect(await changesOf(stack)).toEqual([
      `VANISHED new in ${organization().id}`,
      `APPEARED new in ${organization().id}`,
    ])
    // The certificate is gone, also for the change that is older.
    expect(await certificates()).toEqual([null, null])
  })

  it('has a renewal in place of an appearance, and the end of the old certificate', async () => {
    const { id, name } = certificate()
    await readAgain(stack)
    upload('cert_new')
    await readAgain(stack)
    organization().certificates.shift()
    await readAgain(stack)
    const { nodes } = await listChanges(stack)
    expect(nodes.map(({ kind, replacesId }) => [kind, replacesId])).toEqual([
      ['VANISHED', null],
      ['RENEWED', globalId(id)],
    ])
    expect(nodes[1]).toMatchObject({ name, certificateId: globalId('cert_new') })
  })

  it('has the renewal of an enrollment of Akamai for each key type', async () => {
    const contract = () => firstOf(firstOf(stack.akamai.state.accounts).contracts)
    await readAgain(stack)
    const [enrollment] = contract().enrollments
    if (!enrollment?.production) throw new Error('nothing is deployed')
    const fingerprint = Array.from({ length: 32 }, () => 'AB').join(':')
    const primary = { ...enrollment.production.primary, sha256Fingerprint: fingerprint, serial: 'ab:cd' }
    contract().enrollments[0] = { ...enrollment, production: { ...enrollment.production, primary }, staging: null }
    await readAgain(stack)
    const { nodes } = await listChanges(stack, 'first: 10, kinds: [RENEWED, APPEARED]')
    expect(nodes).toMatchObject([{ kind: 'RENEWED', place: { vendorId: contract().id }, name: enrollment.commonName }])
    expect(nodes[0]?.replacesId).not.toBeNull()
  })

  it.each([
    ['sha256Fingerprint', 'zz', {}],
    ['sha256Fingerprint', 7, {}],
    ['serial', 'zz', { sha256Fingerprint: null }],
    ['keyAlgorithm', 7, { sha256Fingerprint: null }],
  ])(
    'compares no list of Akamai in which a %s identifies a certificate and is %j',
    async (member, malformed, usual) => {
      const { enrollments } = firstOf(firstOf(stack.akamai.state.accounts).contracts)
      const [enrollment] = enrollments
      if (!enrollment?.production) throw new Error('nothing is deployed')
      const { production } = enrollment
      const deploy = (values: object) => {
        const primary = { ...production.primary, ...usual, ...values } as typeof production.primary
        enrollments[0] = { ...enrollment, production: { ...production, primary }, staging: null }
      }
      deploy({})
      await readAgain(stack)
      deploy({ [member]: malformed })
      const gone = enrollments.pop()
      await readAgain(stack)
      const { data } = await stack.ask<object>(
        '{ certificates(first: 9, filter: { providers: [AKAMAI] }) { nodes { parseIssues } } }',
      )
      expect(JSON.stringify(data)).toContain(`${member}: expected`)
      expect(await changesOf(stack)).toEqual([])
      deploy({})
      await readAgain(stack)
      expect(new Set((await changesOf(stack)).map((text) => text.split(' ').slice(0, 2).join(' ')))).toEqual(
        new Set([`VANISHED ${gone?.commonName}`]),
      )
    },
  )

  it('has no certificate that vanished from one list, which has another one twice', async () => {
    const { certificates: rows } = organization()
    await readAgain(stack)
    const last = rows.splice(2, 1, certificate())
    await readAgain(stack)
    rows.splice(2, 1, ...last)
    await readAgain(stack)
    expect(await changesOf(stack)).toEqual([])
  })

  it('has a certificate that vanished from two such lists in a row', async () => {
    const { certificates: rows } = organization()
    await readAgain(stack)
    const last = rows.splice(2, 1, certificate())
    await readAgain(stack)
    expect(await changesOf(stack)).toEqual([])
    await readAgain(stack)
    expect(await changesOf(stack)).toEqual([`VANISHED ${last[0]?.name} in ${organization().id}`])
  })

  it('has the other changes of a list with a certificate twice', async () => {
    await readAgain(stack)
    organization().certificates.push(certificate())
    upload('cert_new', { name: 'new' })
    await readAgain(stack)
    expect(await changesOf(stack)).toEqual([`APPEARED new in ${organization().id}`])
  })

  it('has activations and deactivations', async () => {
    await readAgain(stack)
    const active = certificate().active
    certificate().active = !active
    await readAgain(stack)
    certificate().active = active
    await readAgain(stack)
    expect((await changesOf(stack)).map((text) => text.split(' ')[0])).toEqual(
      active ? ['ACTIVATED', 'DEACTIVATED'] : ['DEACTIVATED', 'ACTIVATED'],
    )
  })

  it('treats a certificate that is soft-deleted as gone', async () => {
    await readAgain(stack)
    const [row] = liveperson().certificates.filter(({ deleted }) => !deleted)
    if (!row) throw new Error('there is no certificate')
    row.deleted = true
    await readAgain(stack)
    row.deleted = false
    await readAgain(stack)
    expect(await changesOf(stack)).toEqual([
      `APPEARED ${row.name} in ${liveperson().id}`,
      `VANISHED ${row.name} in ${liveperson().id}`,
    ])
  })

  it('has no change by a reading that fails, and finds it when the vendor is back', async () => {
    await readAgain(stack)
    const end = stack.openai.emulator.fault({ effect: { status: 503, body: {} } })
    organization().certificates.shift()
    await readInVain(stack)
    expect(await changesOf(stack)).toEqual([])
    end()
    await readAgain(stack)
    expect((await changesOf(stack)).map((text) => text.split(' ')[0])).toEqual(['VANISHED'])
  })

  it('has no change by a partial reading, and compares the next one with the one before it', async () => {
    await readAgain(stack)
    const end = stack.liveperson.emulator.fault({
      match: ({ path }) => path.endsWith('/certificates'),
      effect: { patch: (body) => ['no object', ...(body as unknown[]).slice(1)] },
    })
    await readInVain(stack)
    await readInVain(stack)
    expect(await changesOf(stack)).toEqual([])
    end()
    await readAgain(stack)
    expect(await changesOf(stack)).toEqual([])
    const [gone] = liveperson().certificates.splice(0, 1)
    await readAgain(stack)
    expect(await changesOf(stack)).toEqual([`VANISHED ${gone?.name} in ${liveperson().id}`])
  })

  it('selects changes by kind, time and place', async () => {
    await readAgain(stack)
    upload('cert_new', { name: 'new' })
    await readAgain(stack)
    const since = new Date(stack.clock.now() + 1).toISOString()
    liveperson().certificates.splice(0, 1)
    organization().certificates.pop()
    await readAgain(stack)
    const kinds = async (args: string) => (await changesOf(stack, args)).map((text) => text.split(' ')[0])
    expect(await kinds('first: 9')).toEqual(['VANISHED', 'VANISHED', 'APPEARED'])
    expect(await kinds('first: 9, kinds: [APPEARED]')).toEqual(['APPEARED'])
    expect(await kinds(`first: 9, since: "${since}"`)).toEqual(['VANISHED', 'VANISHED'])
    for (const id of [organization().id, toGlobalId('OpenAIOrganization', organization().id)]) {
      expect(await kinds(`first: 9, placeIds: ["${id}"]`)).toEqual(['VANISHED', 'APPEARED'])
    }
    expect(await kinds(`first: 9, kinds: [VANISHED], placeIds: ["${liveperson().id}"]`)).toEqual(['VANISHED'])
    const { totalCount } = await listChanges(stack, 'first: 1, kinds: [VANISHED]')
    expect(totalCount).toBe(2)
  })

  it.each([
    ['kinds: []', 'BAD_USER_INPUT'],
    ['placeIds: []', 'BAD_USER_INPUT'],
    ['placeIds: ["proj_unknown"]', 'NOT_CONFIGURED'],
    ['placeIds: ["?"]', 'BAD_USER_INPUT'],
    ['first: 101', 'BAD_USER_INPUT'],
    ['after: "x"', 'BAD_USER_INPUT'],
  ])('rejects %s', async (args, code) => {
    await readAgain(stack)
    const { data, errors } = await stack.ask<object>(`{ certificateChanges(${args}) { totalCount } }`)
    expect(data).toEqual({ certificateChanges: null })
    expect(errors).toMatchObject([{ extensions: { code } }])
  })

  it('pages through changes while others are added', async () => {
    await readAgain(stack)
    for (const id of ['cert_1', 'cert_2', 'cert_3']) {
      upload(id, { name: id })
      await readAgain(stack)
    }
    const first = await listChanges(stack, 'first: 2')
    upload('cert_4', { name: 'cert_4' })
    await readAgain(stack)
    const next = await listChanges(stack, `first: 2, after: "${first.pageInfo.endCursor}"`)
    expect([...first.nodes, ...next.nodes].map(({ name }) => name)).toEqual(['cert_3', 'cert_2', 'cert_1'])
    expect(next.pageInfo.hasNextPage).toBe(false)
  })
})
