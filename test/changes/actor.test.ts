import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { askAs, digestOf } from '../support/callers.ts'
import { changesQuery, readAgain } from '../support/change-history.ts'
import { whileTimePasses } from '../support/passing-time.ts'
import { firstOf } from '../support/rewriting.ts'
import { type Stack, startStack } from '../support/stack.ts'

const scale = { openai: { organizations: 1, certificatesPerOrganization: 3, projectsPerOrganization: 1 } }
const read = ['certificates:read']
const apiKeys = [
  { name: 'alice', sha256: digestOf('cg_alice'), scopes: [...read, 'certificates:write'] },
  { name: 'bob', sha256: digestOf('cg_bob'), scopes: [...read, 'certificates:write'] },
  { name: 'reader', sha256: digestOf('cg_reader'), scopes: read },
]

let stack: Stack
beforeEach(async () => {
  stack = await startStack({
    limits: false,
    scale,
    configure: ({ openai }) => ({ openai, writes: 'enabled', access: { apiKeys } }),
  })
})
afterEach(() => stack.close())

const organization = () => firstOf(stack.openai.state.organizations)
/** A certificate that is active in the organization, and in no project. */
const active = () => {
  const projects = organization().projects.flatMap(({ certificates }) => certificates)
  const listed = new Set(projects.map(({ certificateId }) => certificateId))
  return firstOf(organization().certificates.filter((each) => each.active && !listed.has(each.id)))
}

async function askWith<Data>(name: string, query: string): Promise<Data> {
  const { text } = await whileTimePasses(stack.clock, askAs(stack.url, `cg_${name}`, query), 60_000)
  return JSON.parse(text).data
}
const reread = () =>
  readAgain({
    clock: stack.clock,
    ask: async (query: string) => ({ data: await askWith('reader', query) }) as never,
  })
async function actorsFor(name: string) {
  const { certificateChanges } = await askWith<{
    certificateChanges: { nodes: { kind: string; actor: string | null }[] }
  }>(name, changesQuery('first: 9', 'kind actor'))
  return certificateChanges.nodes.map(({ kind, actor }) => `${kind} ${actor}`)
}

function toggle(name: string, verb: 'activate' | 'deactivate', id: string) {
  return askWith(
    name,
    `mutation { ${verb}OpenAICertificates(input: {
      organizationId: "${organization().id}", certificateIds: ["${id}"]${verb === 'deactivate' ? ', force: true' : ''}
    }) { __typename } }`,
  )
}
const remove = (name: string, id: string) =>
  askWith(
    name,
    `mutation { deleteOpenAICertificate(input: { organizationId: "${organization().id}", certificateId: "${id}" }) {
      __typename
    } }`,
  )

describe('the actor of a change', () => {
  it('is the caller whose mutation it was, for callers who may write', async () => {
    await reread()
    const { id } = active()
    await toggle('alice', 'deactivate', id)
    await reread()
    await remove('bob', id)
    await reread()
    expect(await actorsFor('alice')).toEqual(['VANISHED bob', 'DEACTIVATED alice'])
    expect(await actorsFor('reader')).toEqual(['VANISHED null', 'DEACTIVATED null'])
  })

  it('is null for the same change made elsewhere afterwards', async () => {
    await reread()
    const certificate = active()
    await toggle('alice', 'deactivate', certificate.id)
    await reread()
    certificate.active = true
    await reread()
    certificate.active = false
    await reread()
    expect(await actorsFor('alice')).toEqual(['DEACTIVATED null', 'ACTIVATED null', 'DEACTIVATED alice'])
  })

  it('is null after a mutation that changed nothing', async () => {
    await reread()
    const certificate = active()
    await toggle('alice', 'activate', certificate.id)
    await reread()
    certificate.active = false
    await reread()
    certificate.active = true
    await reread()
    expect(await actorsFor('alice')).toEqual(['ACTIVATED null', 'DEACTIVATED null'])
  })

  it('is null after such a mutation while the wall clock was ahead', async () => {
    await reread()
    const certificate = active()
    stack.clock.adjustWallClock(30 * 60_000)
    await toggle('alice', 'activate', certificate.id)
    stack.clock.adjustWallClock(-30 * 60_000)
    await reread()
    certificate.active = false
    await reread()
    certificate.active = true
    await reread()
    expect(await actorsFor('alice')).toEqual(['ACTIVATED null', 'DEACTIVATED null'])
  })

  it('is null after a mutation that OpenAI refused', async () => {
    await reread()
    const certificate = active()
    stack.openai.emulator.fault({
      match: ({ method }) => method === 'POST',
      times: 1,
      effect: { status: 403, body: {} },
    })
    await toggle('alice', 'deactivate', certificate.id)
    certificate.active = false
    await reread()
    expect(await actorsFor('alice')).toEqual(['DEACTIVATED null'])
  })

  it('is the caller of a mutation whose response is lost', async () => {
    await reread()
    const { id } = active()
    stack.openai.emulator.fault({ match: ({ method }) => method === 'POST', effect: { applied: 'reset' } })
    const isSent = () => stack.openai.emulator.calls.some(({ method }) => method === 'POST')
    const end = stack.openai.emulator.fault({
      match: ({ method }) => method === 'GET' && isSent(),
      effect: { status: 403, body: {} },
    })
    expect(await toggle('alice', 'deactivate', id)).toEqual({
      deactivateOpenAICertificates: { __typename: 'CertificateOutcomeUnknownError' },
    })
    end()
    await reread()
    expect(await actorsFor('bob')).toEqual(['DEACTIVATED alice'])
  })

  it('is that of the last of two mutations that undo each other', async () => {
    await reread()
    const { id } = active()
    await toggle('alice', 'deactivate', id)
    await toggle('bob', 'activate', id)
    const certificate = active()
    await reread()
    certificate.active = false
    await reread()
    expect(await actorsFor('alice')).toEqual(['DEACTIVATED null'])
  })
})

describe('the actor of a change by a caller without a key or token', () => {
  it('is null: the address of the caller is not kept', async () => {
    await stack.close()
    stack = await startStack({
      limits: false,
      scale,
      configure: ({ openai }) => ({ openai, writes: 'enabled', access: 'public' }),
    })
    await reread()
    await toggle('any', 'deactivate', active().id)
    await reread()
    expect(await actorsFor('any')).toEqual(['DEACTIVATED null'])
  })
})
