import { afterEach, describe, expect, it } from '@jest/globals'
import { toGlobalId } from '../../src/providers/global-id.ts'
import { changesQuery } from '../support/change-history.ts'
import { findOnly, firstOf } from '../support/rewriting.ts'
import { projectId, type SideBySide, startSideBySide } from '../support/visibility.ts'

const scale = { openai: { organizations: 2, certificatesPerOrganization: 6, projectsPerOrganization: 2 } }
const own = projectId(0, 0)

let sides: SideBySide
afterEach(() => sides.close())

const start = async (places: readonly string[]) => {
  const small = ({ openai }: { readonly openai?: { readonly organizations: readonly object[] } }) => ({
    openai: { ...openai, organizations: [firstOf(openai?.organizations ?? [])] },
  })
  sides = await startSideBySide({ places, small, isSmallListed: true }, { scale })
}
const organizations = () => sides.stack.openai.state.organizations

/** Both deployments read all their places. */
async function readAgain() {
  sides.stack.clock.advance(600_000)
  const query = `{
    certificates(first: 1, maxStaleness: "PT1S") { totalCount }
    openAIProject(id: "${own}") { certificates(maxStaleness: "PT1S") { totalCount } }
  }`
  await sides.limited(query)
  await sides.small(query)
  // Other callers read the rest.
  await sides.stack.ask(query)
}

/** Answers without the ids of changes and cursors, which each history has of its own. */
const withoutIds = (text: string) =>
  text.replaceAll(/"id":"[\w-]{22}"/g, '"id":"…"').replaceAll(/"(endCursor|cursor)":"[^"]+"/g, '"$1":"…"')

async function compare(query: string): Promise<string> {
  const [limited, small] = [await sides.limited(query), await sides.small(query)]
  expect(withoutIds(limited)).toBe(withoutIds(small))
  return limited
}

/** A change in every place. */
function changeEverything() {
  for (const { certificates, projects } of organizations()) {
    const [certificate] = certificates
    if (certificate) certificate.active = !certificate.active
    for (const project of projects) {
      const listed = firstOf(project.certificates)
      listed.active = !listed.active
    }
  }
}

describe.each([
  ['a project', [own]],
  ['an organization', ['org_scaled0']],
])('an API key for %s', (_what, places) => {
  it('gets the history of its places alone, byte by byte', async () => {
    await start(places)
    await compare(changesQuery())
    await readAgain()
    await compare(changesQuery())
    changeEverything()
    await readAgain()
    changeEverything()
    await readAgain()
    const text = await compare(changesQuery())
    expect(JSON.parse(text).data.certificateChanges).toMatchObject({
      totalCount: 2,
      recordedSince: expect.any(String),
      nodes: places.flatMap((vendorId) => [{ place: { vendorId } }, { place: { vendorId } }]),
    })
    await compare(changesQuery('first: 1'))
    await compare(changesQuery('last: 1, kinds: [ACTIVATED]'))
    await compare(
      changesQuery('first: 9', 'kind certificate { id name active asOf place { id name } } place { id name }'),
    )
  })

  it('gets the crossed thresholds of the certificates that its places list, byte by byte', async () => {
    await start(places)
    const day = 86_400_000
    for (const { certificates } of organizations()) {
      for (const each of certificates) each.expiresAt = (sides.stack.clock.now() + day) / 1000
    }
    await readAgain()
    sides.stack.clock.advance(2 * day)
    await readAgain()
    const text = await compare(changesQuery('first: 100, kinds: [EXPIRED]'))
    const { totalCount, nodes } = JSON.parse(text).data.certificateChanges
    expect(totalCount).toBeGreaterThan(0)
    for (const { place } of nodes) expect(places).toContain(place.vendorId)
  })

  it('gets the same error for a place that exists and for one that does not', async () => {
    await start(places)
    await readAgain()
    changeEverything()
    await readAgain()
    const hidden = [
      'org_scaled1',
      projectId(1, 0),
      toGlobalId('OpenAIOrganization', 'org_scaled1'),
      toGlobalId('OpenAIProject', 'org_scaled1', projectId(1, 0)),
      'proj_nowhere0',
    ]
    for (const id of hidden) {
      const text = await compare(changesQuery(`first: 5, placeIds: ["${id}"]`))
      expect(JSON.parse(text).errors).toMatchObject([{ extensions: { code: 'NOT_CONFIGURED' } }])
    }
  })
})

describe('the ids of changes', () => {
  it('do not tell how many changes other places had', async () => {
    await start([own])
    await readAgain()
    for (let round = 0; round < 3; round += 1) {
      changeEverything()
      await readAgain()
    }
    const { data } = JSON.parse(await sides.limited(changesQuery('first: 9', 'id')))
    const ids: readonly string[] = data.certificateChanges.nodes.map(({ id }: { id: string }) => id)
    expect(ids).toHaveLength(3)
    for (const id of ids)
      expect(
        Buffer.from(id, 'base64url')
          .subarray(0, 8)
          .every((byte) => byte === 0),
      ).toBe(false)
    expect(findOnly(organizations(), ({ id }) => id === 'org_scaled1')).toBeDefined()
  })
})
