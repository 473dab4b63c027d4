import { afterEach, describe, expect, it } from '@jest/globals'
import { type Gate, startGate } from '../support/gate.ts'
import { quiet } from '../support/quiet.ts'
import { type Stack, type StackOptions, startStack } from '../support/stack.ts'
import { until } from '../support/until.ts'

let stack: Stack
let gate: Gate | undefined
afterEach(async () => {
  await stack.close()
  await gate?.close()
  gate = undefined
})

const isContent = ({ query }: { readonly query: URLSearchParams }) => query.has('include[]')
const contents = () => stack.openai.emulator.calls.filter(isContent)

/** One account of a vendor, behind a gate that holds every request. */
async function startBehindGate(
  vendor: 'openai' | 'akamai',
  scale: StackOptions['scale'],
  upstream = {},
): Promise<Gate> {
  const opened = await startGate()
  gate = opened
  const redirect = <Account extends { readonly baseUrl: string }>([account]: readonly Account[]): object[] => {
    const { origin, pathname } = new URL(String(account?.baseUrl))
    opened.target = origin
    return [{ ...account, baseUrl: opened.url + pathname.replace(/\/$/, '') }]
  }
  stack = await startStack({
    limits: false,
    ...(scale && { scale }),
    configure: ({ openai, akamai }) =>
      vendor === 'openai'
        ? { openai: { organizations: redirect(openai.organizations) }, upstream }
        : { akamai: { accounts: redirect(akamai.accounts) }, upstream },
  })
  return opened
}

async function startWithCertificates(openai: object, upstream: object = {}): Promise<void> {
  stack = await startStack({
    limits: false,
    scale: { openai: { certificatesPerOrganization: 25, projectsPerOrganization: 0, ...openai } },
    configure: ({ openai }) => ({ openai, upstream }),
  })
}

describe('the PEMs of a page of twenty', () => {
  const page = '{ certificates(first: 20) { nodes { ... on OpenAICertificate { pem } } } }'

  it('cost twenty calls', async () => {
    await startWithCertificates({})
    const { data, errors } = await stack.ask<{ certificates: { nodes: { pem: string }[] } }>(page)
    expect(errors).toBeUndefined()
    expect(new Set(data.certificates.nodes.map(({ pem }) => pem)).size).toBe(20)
    expect(contents()).toHaveLength(20)
  })

  it.each([
    ['eight by default', {}, 8],
    ['three when configured', { concurrency: 3 }, 3],
    ['two when configured for the vendor', { concurrency: 5, openai: { concurrency: 2 } }, 2],
    ['all when the limit is higher', { concurrency: 100 }, 20],
  ])('are read with a limited concurrency: %s', async (_, upstream, max) => {
    const gate = await startBehindGate('openai', { openai: { certificatesPerOrganization: 25 } }, upstream)
    const asked = stack.ask(page)
    await until(() => gate.waiting === 1)
    gate.letOneThrough()
    for (let answered = 0; answered < 20; answered++) {
      const waiting = Math.min(max, 20 - answered)
      await until(() => gate.waiting === waiting)
      if (answered % max === 0) await quiet()
      expect(gate.waiting).toBe(waiting)
      gate.letOneThrough()
    }
    expect((await asked).errors).toBeUndefined()
    expect(contents()).toHaveLength(20)
    // That of the next threshold that a certificate crosses.
    expect(stack.clock.pendingSleeps).toBe(1)
  })

  it('are counted over all operations', async () => {
    await startWithCertificates({})
    stack.openai.emulator.fault({ match: isContent, effect: 'hang' })
    const asked = [stack.ask(page), stack.ask(page), stack.ask(page)]
    await until(() => contents().length === 8)
    await quiet()
    expect(contents()).toHaveLength(8)
    stack.clock.advance(25_000)
    await Promise.all(asked)
  })

  it('are counted per organization', async () => {
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
      'akamai',
      { akamai: { contractsPerAccount: 30, enrollmentsPerContract: 1 } },
      '{ certificates(filter: { providers: [AKAMAI] }) { totalCount } }',
      /^\/cps\//,
    ],
    [
      'projects',
      'openai',
      { openai: { certificatesPerOrganization: 1, projectsPerOrganization: 30 } },
      `{ openAIOrganization(id: "org_scaled0") { ${certificates} } }`,
      /^\/v1\/organization\/projects\/.+\/certificates/,
    ],
  ] as const)('of %s are all read, at most eight at a time', async (_, vendor, scale, query, path) => {
    const gate = await startBehindGate(vendor, scale)
    const asked = stack.ask(query)
    const lists = () => gate.received.filter((target) => path.test(target))
    while (lists().length === 0) {
      await until(() => gate.waiting > 0)
      gate.letOneThrough()
      await quiet()
    }
    await until(() => gate.waiting === 8)
    await quiet()
    expect(gate.waiting).toBe(8)
    gate.open()
    expect((await asked).errors).toBeUndefined()
    expect(new Set(lists()).size).toBe(30)
    expect(lists()).toHaveLength(30)
    expect(stack[vendor].emulator.maxInFlight).toBeLessThanOrEqual(8)
  })
})
