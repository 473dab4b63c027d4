import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { buildSchema } from 'graphql'
import type { Provider } from '../../../src/providers/provider.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { askAs, digestOf } from '../../support/callers.ts'
import { compose } from '../../support/federation/compose.ts'
import { startExampleSandbox } from '../../support/fixture-vendor/sandbox.ts'
import { withExample } from '../../support/fixture-vendor/with-example.ts'
import { createManualClock } from '../../support/manual-clock.ts'
import { type Program, startProgram } from '../../support/program.ts'

interface Node {
  readonly __typename: string
  readonly id: string
  readonly provider: string
  readonly name: string | null
  readonly expiresAt: string | null
  readonly expiryStatus: string
}

const key = 'cg_example'
const fields = '__typename id provider name expiresAt expiryStatus'
const day = 86_400_000

describe('a vendor that is only added to the list', () => {
  let program: Program
  let example: Awaited<ReturnType<typeof startExampleSandbox>>
  let closeOthers: () => Promise<unknown>

  beforeAll(async () => {
    const clock = createManualClock()
    const options = { now: clock.now, limits: false }
    example = await startExampleSandbox(options)
    const others = new Map<string, Sandbox<unknown, unknown>>()
    for (const [name, provider] of Object.entries<Provider<unknown>>(withExample))
      if (name !== 'example') others.set(name, await provider.startSandbox(options))
    closeOthers = () => Promise.all([...others.values()].map((sandbox) => sandbox.close()))
    const apiKeys = [
      { name: 'everything', sha256: digestOf(key), scopes: ['certificates:read'] },
      { name: 'one account', sha256: digestOf('cg_limited'), scopes: ['certificates:read'], places: ['reg-1'] },
    ]
    program = await startProgram({
      list: withExample,
      clock,
      limits: false,
      emulators: [example.emulator, ...[...others.values()].map(({ emulator }) => emulator)],
      file: {
        ...Object.fromEntries([...others].map(([name, { config }]) => [name, config])),
        example: example.config,
        access: { apiKeys },
        limits: { cost: 100_000 },
      },
    })
  })
  afterAll(async () => {
    await program.close()
    await example.close()
    await closeOthers()
  })

  async function ask<Data>(query: string, credential = key): Promise<Data> {
    const { data, errors } = await askAs(program.url, credential, query)
    expect(errors).toBeUndefined()
    return data as Data
  }
  const list = async (args: string, credential?: string) =>
    (await ask<{ certificates: { nodes: Node[] } }>(`{ certificates(${args}) { nodes { ${fields} } } }`, credential))
      .certificates.nodes

  it('is merged with the other vendors in one list, soonest expiry first', async () => {
    const nodes = await list('first: 100')
    expect(new Set(nodes.map(({ provider }) => provider))).toEqual(
      new Set(['OPENAI', 'AKAMAI', 'LIVEPERSON', 'EXAMPLE']),
    )
    const dates = nodes.flatMap(({ expiresAt }) => expiresAt ?? [])
    expect(dates).toEqual([...dates].sort())
    expect(nodes.filter(({ provider }) => provider === 'EXAMPLE')).toHaveLength(10)
  })

  it('can be filtered by provider, name, place and expiry', async () => {
    const [first] = await list('filter: { providers: [EXAMPLE], nameContains: "REGISTRY-1-2" }')
    expect(first).toMatchObject({ __typename: 'ExampleCertificate', name: 'registry-1-2.example' })
    const { certificatePlaces } = await ask<{ certificatePlaces: { nodes: Node[] } }>(
      '{ certificatePlaces(providers: [EXAMPLE]) { nodes { __typename id provider name } } }',
    )
    expect(certificatePlaces.nodes.map(({ name }) => name)).toEqual(['Registry account 0', 'Registry account 1'])
    const ofPlace = await list(`filter: { placeIds: ["${certificatePlaces.nodes[0]?.id}"] }`)
    expect(ofPlace.map(({ name }) => name).every((name) => name?.startsWith('registry-0-'))).toBe(true)
    const expired = await list('filter: { providers: [EXAMPLE], expiryStatuses: [EXPIRED] }')
    expect(expired).not.toEqual([])
    for (const { expiresAt } of expired)
      expect(Date.parse(expiresAt ?? '')).toBeLessThanOrEqual(program.clock.now() + day)
  })

  it('returns a node and a federation entity by id, and an account by the vendor’s id', async () => {
    const [node] = await list('first: 1, filter: { providers: [EXAMPLE] }')
    expect(await ask(`{ node(id: "${node?.id}") { ... on ExampleCertificate { ${fields} } } }`)).toEqual({ node })
    const representations = `[{ __typename: "ExampleCertificate", id: "${node?.id}" }, { __typename: "ExampleAccount", accountId: "reg-1" }]`
    const selection = `... on ExampleCertificate { ${fields} } ... on ExampleAccount { name }`
    expect(await ask(`{ _entities(representations: ${representations}) { ${selection} } }`)).toEqual({
      _entities: [node, { name: 'Registry account 1' }],
    })
  })

  it('shows a limited caller one account and nothing of any other', async () => {
    const nodes = await list('first: 100', 'cg_limited')
    expect(nodes.map(({ name }) => name).sort()).toEqual([0, 1, 2, 3, 4].map((each) => `registry-1-${each}.example`))
    const [hidden] = (await list('first: 100, filter: { providers: [EXAMPLE] }')).filter(
      ({ id }) => !nodes.some((node) => node.id === id),
    )
    expect(await ask(`{ node(id: "${hidden?.id}") { id } }`, 'cg_limited')).toEqual({ node: null })
  })

  it('is part of a subgraph that both composers accept', async () => {
    const { _service } = await ask<{ _service: { sdl: string } }>('{ _service { sdl } }')
    const subgraph = { name: 'certificates', url: 'http://certificates.test/graphql', sdl: _service.sdl }
    for (const composed of Object.values(compose([subgraph]))) {
      const supergraph = 'supergraph' in composed ? composed.supergraph : ''
      expect(buildSchema(supergraph, { assumeValid: true }).getType('ExampleAccount')).toBeDefined()
    }
  })
})

describe('the folder of the fixture vendor', () => {
  const folder = new URL('../../support/fixture-vendor/', import.meta.url)
  const files = readdirSync(folder).map((file) => ({ file, text: readFileSync(new URL(file, folder), 'utf8') }))

  it('has at most 250 lines besides its emulator', () => {
    const lines = files.filter(({ file }) => file !== 'sandbox.ts').flatMap(({ text }) => text.trimEnd().split('\n'))
    expect(lines.length).toBeLessThanOrEqual(250)
  })

  it('is mentioned nowhere in the source of the program', () => {
    const source = new URL('../../../src/', import.meta.url)
    const mentions = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .filter((file) =>
        /exampleVendor|fixture-vendor|Example Registry/.test(readFileSync(new URL(file, source), 'utf8')),
      )
    expect(mentions).toEqual([])
  })
})
