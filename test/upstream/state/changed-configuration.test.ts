import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { list } from '../../support/listing.ts'
import { whileTimePasses } from '../../support/passing-time.ts'
import { type RestartingStack, startRestartingStack } from '../../support/restarting-stack.ts'

let stack: RestartingStack

beforeEach(async () => {
  stack = await startRestartingStack()
})
afterEach(() => stack.close())

describe('A changed configuration', () => {
  const withOpenAI = (change: object) => ({
    openai: {
      ...stack.file.openai,
      organizations: stack.file.openai.organizations.map((organization) => ({ ...organization, ...change })),
    },
  })
  const withAkamai = (change: object, credentials: object = {}) => ({
    akamai: {
      ...stack.file.akamai,
      accounts: stack.file.akamai.accounts.map((account) => ({
        ...account,
        ...change,
        credentials: { ...account.credentials, ...credentials },
      })),
    },
  })
  const withLivePerson = (change: object) => ({
    liveperson: {
      ...stack.file.liveperson,
      accounts: stack.file.liveperson.accounts.slice(0, 1).map(({ id, name }) => ({ id, name, ...change })),
    },
  })

  it.each([
    ['OpenAI key', () => withOpenAI({ adminKey: 'sk-admin-another' })],
    ['OpenAI base URL', () => withOpenAI({ baseUrl: 'http://127.0.0.1:9/v1' })],
    ['Akamai client token', () => withAkamai({}, { clientToken: 'akab-another' })],
    ['Akamai client secret', () => withAkamai({}, { clientSecret: 'another' })],
    ['Akamai access token', () => withAkamai({}, { accessToken: 'akab-another' })],
    ['Akamai base URL', () => withAkamai({ baseUrl: 'http://127.0.0.1:9' })],
    ['Akamai account switch key', () => withAkamai({ accountSwitchKey: '1-ANOTHER' })],
    ['LivePerson token', () => withLivePerson({ token: 'another' })],
    ['LivePerson base URL', () => withLivePerson({ token: 'another', baseUrl: 'http://127.0.0.1:9' })],
  ])('with another %s reads nothing that was kept before', async (_what, changed) => {
    await list(await stack.start())
    await stack.stop()
    stack.fail()
    const program = await stack.start(changed())
    const { nodes, sources } = await whileTimePasses(stack.clock, list(program))
    expect(nodes).toEqual([])
    expect(new Set(sources.map(({ status }) => status))).toEqual(new Set(['FAILED']))
  })

  it('with another id for a place reads nothing that was kept before', async () => {
    await list(await stack.start())
    await stack.stop()
    stack.fail()
    const [organization] = stack.file.openai.organizations
    const program = await stack.start({ openai: { organizations: [{ ...organization, id: 'org_another' }] } })
    expect((await whileTimePasses(stack.clock, list(program))).nodes).toEqual([])
  })

  it('with the same credential and another name reads what was kept before', async () => {
    await list(await stack.start())
    await stack.stop()
    stack.fail()
    const program = await stack.start({ ...withOpenAI({ name: 'Renamed' }) })
    expect((await list(program)).nodes.length).toBeGreaterThan(0)
  })
})
