import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Effect } from '../../src/sandbox/fault.ts'
import { whileTimePasses } from '../support/passing-time.ts'
import { findOnly, firstOf } from '../support/rewriting.ts'
import { projectId, type SideBySide, startSideBySide } from '../support/visibility.ts'

const scale = { openai: { organizations: 2, certificatesPerOrganization: 6, projectsPerOrganization: 2 } }

let sides: SideBySide
afterEach(() => sides.close())

const start = async (places: readonly string[]) => {
  sides = await startSideBySide({ places, small: ({ openai }) => ({ openai }) }, { scale })
}
const organization = () => firstOf(sides.stack.openai.state.organizations)
const project = () => findOnly(organization().projects, ({ id }) => id === projectId(0, 0))
const writes = () => sides.stack.openai.emulator.calls.filter(({ method }) => method !== 'GET')
/** A certificate that the project lists, and one that it does not list. */
const own = () => firstOf(project().certificates).certificateId
const other = () =>
  findOnly(organization().certificates, ({ id }) =>
    project().certificates.every(({ certificateId }) => certificateId !== id),
  )

type Verb = 'activate' | 'deactivate'
const verbs: readonly Verb[] = ['activate', 'deactivate']

function toChange(verb: Verb, input: { readonly ids: readonly string[]; readonly dryRun?: boolean }): string {
  const name = `${verb}OpenAICertificates`
  const success = `${name.charAt(0).toUpperCase()}${name.slice(1)}Success`
  const force = verb === 'deactivate' ? ', force: true' : ''
  return `mutation {
    result: ${name}(input: {
      organizationId: "org_scaled0", projectId: "${projectId(0, 0)}"
      certificateIds: ${JSON.stringify(input.ids)}, dryRun: ${input.dryRun === true}${force}
    }) {
      __typename
      ... on ${success} { dryRun certificates { certificateId name } }
      ... on CertificateMutationError { code message }
    }
  }`
}

async function change(verb: Verb, input: { readonly ids: readonly string[]; readonly dryRun?: boolean }) {
  const text = await whileTimePasses(sides.stack.clock, sides.limited(toChange(verb, input)))
  return { ...JSON.parse(text), text }
}

describe('an API key for one project', () => {
  beforeEach(() => start([projectId(0, 0)]))

  it.each(verbs.flatMap((verb) => [true, false].map((dryRun) => [verb, dryRun] as const)))(
    'cannot %s a certificate that the project does not list, dry run: %s',
    async (verb, dryRun) => {
      for (const ids of [[other().id], [own(), other().id], ['cert_unknown']]) {
        const { data, errors, text } = await change(verb, { ids, dryRun })
        expect(errors).toBeUndefined()
        expect(data.result).toEqual({
          __typename: 'CertificateNotFoundError',
          code: 'UPSTREAM_NOT_FOUND',
          message: `${projectId(0, 0)} has no certificate ${ids.at(-1)}`,
        })
        expect(text).not.toContain(other().name ?? '')
      }
      expect(writes()).toEqual([])
    },
  )

  it('gets the result of a dry run from the list of the project', async () => {
    const certificates = project().certificates.map(({ certificateId }) => ({
      certificateId,
      name: expect.any(String),
    }))
    expect(certificates.length).toBeGreaterThan(1)
    const ids = certificates.map(({ certificateId }) => certificateId)
    for (const [verb, changed] of [
      ['activate', []],
      ['deactivate', certificates],
    ] as const) {
      const { data } = await change(verb, { ids, dryRun: true })
      expect(data.result).toMatchObject({ dryRun: true, certificates: changed })
    }
    expect(writes()).toEqual([])
  })

  it.each(verbs)(
    'gets the result from the list of the project when the response to a change is lost: %s',
    async (verb) => {
      const listed = firstOf(project().certificates)
      listed.active = verb === 'deactivate'
      sides.stack.openai.emulator.fault({
        match: ({ method }) => method === 'POST',
        effect: { applied: { status: 502 } },
      })
      const { data } = await change(verb, { ids: [listed.certificateId] })
      expect(data.result).toEqual({
        __typename: expect.stringMatching(/Success$/),
        dryRun: false,
        certificates: [{ certificateId: listed.certificateId, name: expect.any(String) }],
      })
      expect(listed.active).toBe(verb === 'activate')
      const { data: shown } = JSON.parse(
        await sides.limited(
          `{ openAIProject(id: "${projectId(0, 0)}") { certificates(first: 1) { nodes { projects { edges { active } } } } } }`,
        ),
      )
      const node = { projects: { edges: [{ active: verb === 'activate' }] } }
      expect(shown.openAIProject.certificates.nodes).toEqual([node])
    },
  )

  it.each<[string, Effect]>([
    ['CertificateForbiddenError UPSTREAM_FORBIDDEN', { status: 403, body: { error: 'No.' } }],
    ['CertificateUpstreamError UPSTREAM_UNAUTHENTICATED', { status: 401, body: { error: 'Who?' } }],
    ['CertificateUpstreamError UPSTREAM_UNAVAILABLE', { status: 500 }],
    ['CertificateUpstreamError UPSTREAM_MALFORMED_RESPONSE', { status: 200, body: {} }],
  ])('gets the reason why its project cannot be found: %s', async (told, effect) => {
    sides.stack.openai.emulator.fault({ match: ({ path }) => path.endsWith('/projects'), effect })
    for (const dryRun of [true, false]) {
      const { data } = await change('activate', { ids: [own()], dryRun })
      expect(`${data.result.__typename} ${data.result.code}`).toBe(told)
      expect(data.result.message).not.toContain('configured')
    }
    expect(writes()).toEqual([])
  })
})

describe('the message of a vendor that rejects a change', () => {
  const rename = () => `mutation {
    renameOpenAICertificate(input: { organizationId: "org_scaled0", certificateId: "${own()}", name: "Renamed" }) {
      __typename ... on CertificateMutationError { code message }
    }
  }`

  it.each([
    [409, 'CertificateConflictError'],
    [400, 'CertificateUpstreamError'],
    [403, 'CertificateForbiddenError'],
    [404, 'CertificateNotFoundError'],
  ])('is returned only to callers who see all places: %i', async (status, typename) => {
    await start(['org_scaled0'])
    const words = `Also active in ${projectId(0, 1)}.`
    sides.stack.openai.emulator.fault({
      match: ({ method }) => method !== 'GET',
      effect: { status, body: { error: { message: words } } },
    })
    for (const query of [rename(), toChange('activate', { ids: [own()] }).replace(/projectId: "[^"]*"/, '')]) {
      const [small, limited] = [await sides.small(query), await sides.limited(query)]
      expect(small).toContain(words)
      for (const answer of [small, limited]) expect(answer).toContain(typename)
      expect(limited).toContain(`the vendor answered ${status} to a call for this change`)
      expect(limited).not.toContain(projectId(0, 1))
    }
  })

  it.each(['activate', 'deactivate'] as const)(
    'is returned only to them for a list that is read for the change too: to %s',
    async (verb) => {
      await start(['org_scaled0'])
      const words = `Nothing to see in ${projectId(0, 1)}.`
      sides.stack.openai.emulator.fault({
        match: ({ method, path }) => method === 'GET' && path.endsWith('/certificates'),
        effect: { status: 403, body: { error: { message: words } } },
      })
      const query = toChange(verb, { ids: [own()], dryRun: true }).replace(/projectId: "[^"]*"/, '')
      const [small, limited] = [await sides.small(query), await sides.limited(query)]
      expect(small).toContain(words)
      expect(limited).toContain('the vendor answered 403 to a call for this change')
      expect(limited).not.toContain(projectId(0, 1))
      expect(writes()).toEqual([])
    },
  )
})
