import { afterEach, describe, expect, it } from '@jest/globals'
import { until } from '../sandbox/until.ts'
import { type Stack, startStack } from '../stack.ts'
import { quiet } from '../upstream/quiet.ts'

let stack: Stack
afterEach(() => stack.close())

const isContent = ({ query }: { readonly query: URLSearchParams }) => query.has('include[]')
const contents = () => stack.openai.emulator.calls.filter(isContent)

async function startWithCertificates(openai: object, upstream: object = {}): Promise<void> {
  stack = await startStack({
    limits: false,
    scale: { openai: { certificatesPerOrganization: 25, projectsPerOrganization: 0, ...openai } },
    configure: ({ openai }) => ({ openai, upstream }),
  })
}

describe('the PEMs of a page of twenty', () => {
  const page = '{ certificates(first: 20) { nodes { ... on OpenAICertificate { content } } } }'

  it('cost twenty calls', async () => {
    await startWithCertificates({})
    const { data, errors } = await stack.ask<{ certificates: { nodes: { content: string }[] } }>(page)
    expect(errors).toBeUndefined()
    expect(new Set(data.certificates.nodes.map(({ content }) => content)).size).toBe(20)
    expect(contents()).toHaveLength(20)
  })

  it.each([
    ['eight unless configured', {}, 8],
    ['three when that is configured', { concurrency: 3 }, 3],
    ['two when that is configured for the vendor', { concurrency: 5, openai: { concurrency: 2 } }, 2],
    ['all when as many are allowed', { concurrency: 100 }, 20],
  ])('are read so many at once: %s', async (_, upstream, most) => {
    await startWithCertificates({}, upstream)
    stack.openai.emulator.fault({ match: isContent, effect: 'hang' })
    const asked = stack.ask(page)
    const waves = Math.ceil(20 / most)
    for (let wave = 1; wave <= waves && wave <= 2; wave++) {
      await until(() => contents().length === Math.min(20, wave * most))
      await quiet()
      expect(contents()).toHaveLength(Math.min(20, wave * most))
      stack.clock.advance(10_000)
    }
    stack.clock.advance(25_000)
    await asked
    expect(stack.openai.emulator.maxInFlight).toBe(most)
    expect(stack.clock.sleepers).toBe(0)
  })

  it('are counted over all operations at once', async () => {
    await startWithCertificates({})
    stack.openai.emulator.fault({ match: isContent, effect: 'hang' })
    const asked = [stack.ask(page), stack.ask(page), stack.ask(page)]
    await until(() => contents().length === 8)
    await quiet()
    expect(contents()).toHaveLength(8)
    stack.clock.advance(25_000)
    await Promise.all(asked)
  })

  it('are counted for each organization alone', async () => {
    await startWithCertificates({ organizations: 2, certificatesPerOrganization: 10 })
    stack.openai.emulator.fault({ match: isContent, effect: 'hang' })
    const asked = stack.ask(page)
    await until(() => contents().length === 16)
    await quiet()
    expect(stack.openai.emulator.maxInFlight).toBe(16)
    stack.clock.advance(25_000)
    await asked
  })
})

describe('the lists of a large account', () => {
  const certificates = 'certificates(first: 1) { nodes { projects(first: 100) { edges { active } } } }'

  it.each([
    [
      'contracts',
      { akamai: { contractsPerAccount: 30, enrollmentsPerContract: 1 } },
      '{ certificates(filter: { providers: [AKAMAI] }) { totalCount } }',
      /^\/cps\//,
    ],
    [
      'projects',
      { openai: { certificatesPerOrganization: 1, projectsPerOrganization: 30 } },
      `{ openAIOrganization(id: "org_scaled0") { ${certificates} } }`,
      /^\/v1\/organization\/projects\/.+\/certificates/,
    ],
  ])('of %s are read at most eight at a time, and all of them', async (_, scale, query, path) => {
    stack = await startStack({ limits: false, scale })
    const lists = () => stack.callsTo('').filter((call) => path.test(call.path))
    for (const { emulator } of [stack.openai, stack.akamai]) {
      emulator.fault({ match: (call) => path.test(call.path), effect: 'hang', times: 8 })
    }
    const asked = stack.ask(query)
    await until(() => lists().length === 8)
    await quiet()
    expect(lists()).toHaveLength(8)
    stack.clock.advance(10_000)
    expect((await asked).errors).toBeUndefined()
    expect(new Set(lists().map(({ target }) => target)).size).toBe(30)
    expect(Math.max(stack.akamai.emulator.maxInFlight, stack.openai.emulator.maxInFlight)).toBe(8)
  })
})
