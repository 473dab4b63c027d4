import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type Listing, list } from '../../support/listing.ts'
import { whileTimePasses } from '../../support/passing-time.ts'
import { type Program, startProgram } from '../../support/program.ts'
import { type RestartingStack, startRestartingStack } from '../../support/restarting-stack.ts'
import { findOnly } from '../../support/rewriting.ts'
import { until } from '../../support/until.ts'

let stack: RestartingStack

beforeEach(async () => {
  stack = await startRestartingStack({ configure: ({ openai }) => ({ openai, writes: 'enabled' }) })
})
afterEach(() => stack.close())

const [oldName, newName] = ['Load tests', 'Load tests, old']

function rename(program: Program, idempotencyKey?: string) {
  const { organizations } = stack.openai.state
  const [organization] = organizations
  const { id: certificateId } = findOnly(organization?.certificates ?? [], ({ name }) =>
    [oldName, newName].includes(name ?? ''),
  )
  const input = {
    organizationId: organization?.id,
    certificateId,
    name: newName,
    ...(idempotencyKey && { idempotencyKey }),
  }
  return program.ask(
    `mutation ($input: RenameOpenAICertificateInput!) {
      renameOpenAICertificate(input: $input) { __typename ... on RenameOpenAICertificateSuccess { certificate { name } } }
    }`,
    { input },
  )
}

const renamed = {
  data: { renameOpenAICertificate: { __typename: 'RenameOpenAICertificateSuccess', certificate: { name: newName } } },
}
const namesOf = ({ nodes }: Listing) =>
  nodes.map(({ name }) => name).filter((name) => name === oldName || name === newName)
const statusesOf = ({ sources }: Listing) => [
  ...new Set(sources.filter(({ kind }) => kind === 'CERTIFICATES').map(({ status }) => status)),
]
const writes = () => stack.openai.emulator.calls.filter(({ method }) => method !== 'GET')

describe('A restart after a change', () => {
  it('serves the reading from before the change as stale', async () => {
    const program = await stack.start()
    await list(program)
    expect(await rename(program)).toMatchObject(renamed)
    await stack.stop()
    stack.fail('hang')
    const after = await list(await stack.start())
    expect(namesOf(after)).toEqual([oldName])
    expect(statusesOf(after)).toEqual(['STALE'])
  })

  it('serves the reading from after the change as the last one', async () => {
    const program = await stack.start()
    await list(program)
    await rename(program)
    const before = await list(program)
    await stack.stop()
    stack.fail('hang')
    const after = await list(await stack.start())
    expect(after).toEqual(before)
    expect(namesOf(after)).toEqual([newName])
    expect(statusesOf(after)).toEqual(['OK'])
  })

  it('knows a change that was sent and not recorded', async () => {
    const program = await stack.start()
    await list(program)
    const { length } = [...stack.state.range(['reading'])]
    await until(() => [...stack.state.range(['reading'])].length > length)
    stack.openai.emulator.fault({ match: ({ method }) => method !== 'GET', effect: { applied: 'hang' } })
    void rename(program).catch(() => {})
    await until(() => writes().length > 0)
    const { file, clock, state, emulators } = stack
    const options = { file: { openai: file.openai, writes: 'enabled' }, clock, emulators, limits: false }
    const next = await startProgram({ ...options, kept: state })
    expect(statusesOf(await list(next))).toEqual(['STALE'])
    await next.close()
    // The first process ends too.
    clock.advance(60_000)
  })

  it('returns the result of a request again that was repeated with its key', async () => {
    const program = await stack.start()
    await list(program)
    expect(await rename(program, 'a key')).toMatchObject(renamed)
    expect(writes()).toHaveLength(1)
    stack.openai.emulator.reset()
    stack.fail()
    expect(await rename(await stack.start(), 'a key')).toMatchObject(renamed)
    expect(stack.calls()).toEqual([])
  })
})

describe('A question that old data must not decide', () => {
  it('waits for new readings after a restart', async () => {
    const program = await stack.start()
    const query =
      '{ openAIOrganization(id: "org_bluequay") { certificates { nodes { activeProjectCount lastActiveIn { id } } } } }'
    const before = await program.ask(query)
    expect(before).not.toHaveProperty('errors')
    await stack.stop()
    stack.clock.advance(7_200_000)
    const restarted = await stack.start()
    expect(await whileTimePasses(stack.clock, restarted.ask(query))).toEqual(before)
  })
})
