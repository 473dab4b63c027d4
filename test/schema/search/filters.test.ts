import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { certificatePage, certificateRejection, type Listed, rejectedWith } from '../../support/certificate-pages.ts'
import { beyondEveryTtl } from '../../support/changing-places.ts'
import { type Stack, startStack } from '../../support/stack.ts'

describe('a filter', () => {
  let stack: Stack
  let whole: readonly Listed[]
  beforeAll(async () => {
    stack = await startStack({ limits: false })
    const [organization] = stack.openai.state.organizations
    const [account] = stack.liveperson.state.accounts
    if (organization?.certificates[0]) organization.certificates[0].name = 'Cafe\u0301 GATEWAY'
    if (account?.certificates[0]) account.certificates[0].status = 'Pending'
    whole = await list({ includeDeleted: true })
  })
  afterAll(() => stack.close())

  const page = (filter: object | null) => certificatePage(stack, { first: 100, filter })
  const list = async (filter: object | null) => (await page(filter)).nodes
  const names = async (filter: object) => (await list(filter)).map(({ name }) => name)
  const rejection = (filter: object) => certificateRejection(stack, { filter })
  const openAICertificates = () => stack.openai.state.organizations.flatMap(({ certificates }) => certificates)
  const livePersonCertificates = () => stack.liveperson.state.accounts.flatMap(({ certificates }) => certificates)

  it.each(['search', 'nameContains', 'issuerContains', 'subjectAltName', 'serialNumber', 'sha256Fingerprint'])(
    'with more than 256 characters in %s is rejected before anything is read',
    async (member) => {
      const calls = stack.callsTo('').length
      const message = new RegExp(`^filter\\.${member}: 257 characters; expected at most 256$`)
      expect(await rejection({ [member]: 'a'.repeat(257) })).toEqual(rejectedWith('BAD_USER_INPUT', message))
      expect(stack.callsTo('')).toHaveLength(calls)
    },
  )

  it('with 256 characters is accepted', async () => {
    expect(await list({ nameContains: 'a'.repeat(256) })).toEqual([])
  })

  it('that is empty, or null in all fields, returns all certificates that are not deleted', async () => {
    const nothing = [
      'providers',
      'placeIds',
      'active',
      'expiryStatuses',
      'expiresBefore',
      'expiresAfter',
      'expiresWithin',
      'expiringUncovered',
    ]
    const texts = ['nameContains', 'issuerContains', 'subjectAltName', 'serialNumber', 'sha256Fingerprint']
    const nulls = Object.fromEntries([...nothing, ...texts].map((member) => [member, null]))
    const present = whole.filter(({ name }) => name !== 'webhooks-returns-1')
    expect(present).toHaveLength(whole.length - 1)
    for (const filter of [null, {}, nulls, { includeDeleted: false }]) expect(await list(filter)).toEqual(present)
  })

  it.each([
    { excludeUnknownExpiry: false, includeDeleted: null, unowned: false },
    { excludeUnknownExpiry: null, owners: null, unowned: null, weaknesses: null, search: null },
    { excludeUnknownExpiry: null, expiresWithin: 'P10000D' },
    { search: '', nameContains: '', issuerContains: '', subjectAltName: '', serialNumber: '', sha256Fingerprint: '' },
  ])('with the zero values of a typed client hides nothing: %j', async (filter) => {
    expect(await list(filter)).toEqual(whole.filter(({ name }) => name !== 'webhooks-returns-1'))
  })

  it('on search finds parts of names and of subject alternative names in the lists, without a call', async () => {
    const answer = await names({ search: 'bluequay.EXAMPLE' })
    expect(answer).toContain('www.bluequay.example')
    // By a name other than its common name.
    const [shared] = stack.akamai.state.accounts.flatMap(({ contracts }) =>
      contracts.flatMap(({ enrollments }) =>
        enrollments.filter(({ subjectAltNames }) => (subjectAltNames ?? []).length > 1),
      ),
    )
    const other = shared?.subjectAltNames?.find((name) => name !== shared.commonName) ?? ''
    expect(await names({ search: other.toUpperCase() })).toContain(shared?.commonName)
    expect(await names({ search: 'GATEWAY' })).toContain('Cafe\u0301 GATEWAY')
    expect(await names({ search: 'no such name' })).toEqual([])
    expect(stack.callsTo('/deployments/')).toEqual([])
    expect(stack.callsTo('include')).toEqual([])
  })

  it('on certificates without an owner returns all while none are configured', async () => {
    expect(await list({ unowned: true })).toEqual(await list({}))
  })

  it.each([{ owners: ['storefront'] }, { owners: [] }])(
    'on owners is rejected while none are configured: %j',
    async (filter) => {
      expect(await rejection(filter)).toEqual(rejectedWith('BAD_USER_INPUT', /^filter\.owners: /))
    },
  )

  it.each([[['OPENAI']], [['AKAMAI']], [['LIVEPERSON']], [['LIVEPERSON', 'OPENAI']], [['AKAMAI', 'AKAMAI']]])(
    'on the providers %j returns their certificates, and calls no other vendor',
    async (providers) => {
      stack.clock.advance(beyondEveryTtl)
      for (const emulator of stack.emulators) emulator.reset()
      const wanted = whole.filter(({ provider, name }) => providers.includes(provider) && name !== 'webhooks-returns-1')
      expect(await list({ providers })).toEqual(wanted)
      const called = { OPENAI: stack.openai, AKAMAI: stack.akamai, LIVEPERSON: stack.liveperson }
      for (const [provider, { emulator }] of Object.entries(called)) {
        expect({ provider, called: emulator.calls.length > 0 }).toEqual({
          provider,
          called: providers.includes(provider),
        })
      }
    },
  )

  it.each(['providers', 'placeIds', 'expiryStatuses'])('on %s rejects an empty list', async (member) => {
    expect(await rejection({ [member]: [] })).toEqual(rejectedWith('BAD_USER_INPUT', new RegExp(`filter\\.${member}`)))
  })

  it('on active true excludes certificates known to be inactive; false returns only those', async () => {
    const inactive = await names({ active: false, includeDeleted: true })
    const stagingOnly = ['beta.bluequay.example', 'next.clearberth.example', 'api.bluequay.example']
    expect([...inactive].sort()).toEqual(
      [
        ...openAICertificates()
          .filter(({ active }) => !active)
          .map(({ name }) => name),
        ...livePersonCertificates()
          .filter(({ status }) => status === 'UnAvailable')
          .map(({ name }) => name),
        ...stagingOnly,
      ].sort(),
    )
    const others = await list({ active: true, includeDeleted: true })
    expect(others).toHaveLength(whole.length - inactive.length)
    // Other statuses are neither active nor inactive.
    for (const name of ['idp-client-3', 'crm-connector-1'])
      expect(others).toContainEqual(expect.objectContaining({ name }))
  })

  it('on nameContains ignores case and composition, and excludes certificates without a name', async () => {
    expect(await names({ nameContains: 'cAFÉ gate' })).toEqual(['Cafe\u0301 GATEWAY'])
    expect(await names({ nameContains: 'CAFE\u0301' })).toEqual(['Cafe\u0301 GATEWAY'])
    expect(await names({ nameContains: 'LEGACY.blueQuay' })).toEqual(['Legacy.Bluequay.example'])
    expect(await names({ nameContains: 'no such name' })).toEqual([])
    expect(await names({ nameContains: '.*' })).toEqual([])
  })

  it('returns soft-deleted certificates only on request', async () => {
    expect(await names({ nameContains: 'webhooks-returns' })).toEqual(['webhooks-returns'])
    const all = await names({ nameContains: 'webhooks-returns', includeDeleted: true })
    expect([...all].sort()).toEqual(['webhooks-returns', 'webhooks-returns-1'])
  })

  it('returns certificates that meet all conditions', async () => {
    const filter = {
      providers: ['OPENAI', 'LIVEPERSON'],
      active: true,
      nameContains: 'client',
      expiryStatuses: ['OK', 'UNKNOWN'],
    }
    const expected = [
      ...openAICertificates().filter(({ name, active, expiresAt }) => {
        const isOK = expiresAt === null || expiresAt * 1000 > stack.clock.now() + 30 * 86_400_000
        return active && isOK && name?.toLowerCase().includes('client')
      }),
      ...livePersonCertificates().filter(({ name, status }) => name.includes('client') && status !== 'UnAvailable'),
    ].map(({ name }) => name)
    const { nodes, totalCount } = await page(filter)
    expect(nodes.map(({ name }) => name).sort()).toEqual(expected.sort())
    expect(nodes.length).toBeGreaterThan(1)
    expect(totalCount).toBe(nodes.length)
  })

  it('counts the matching certificates of all pages in totalCount', async () => {
    const filter = { providers: ['AKAMAI'] }
    const { nodes, totalCount } = await certificatePage(stack, { first: 2, filter })
    expect(nodes).toHaveLength(2)
    expect(totalCount).toBe(whole.filter(({ provider }) => provider === 'AKAMAI').length)
  })

  it.each([{ providers: ['ACME'] }, { providers: [null] }, { expiryStatuses: ['SOON'] }, { nameLike: 'x' }])(
    'is rejected as a whole when it is %j',
    async (filter) => {
      const { data, errors } = await rejection(filter)
      expect({ data, codes: errors.map(({ code }) => code) }).toEqual({ data: null, codes: ['BAD_USER_INPUT'] })
    },
  )
})
