import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { toGlobalId } from '../../src/providers/global-id.ts'
import type { StateWriter } from '../../src/state/state-store.ts'
import { changesOf, listChanges, readAgain } from '../support/change-history.ts'
import { KeptState } from '../support/kept-state.ts'
import { type ProgramOptions, startProgram } from '../support/program.ts'
import { firstOf } from '../support/rewriting.ts'
import { type SandboxFile, type Stack, startStack } from '../support/stack.ts'

const scale = {
  openai: { organizations: 2, certificatesPerOrganization: 3, projectsPerOrganization: 1 },
  akamai: { accounts: 1, contractsPerAccount: 1, enrollmentsPerContract: 2 },
}

/** A state whose transactions fail, as when the process is killed before them. */
class KilledStateStore extends KeptState {
  kill: Promise<never> | null = null
  override async transaction<Result>(run: (writer: StateWriter) => Result): Promise<Result> {
    await this.kill
    return super.transaction(run)
  }
}

type Program = Awaited<ReturnType<typeof start>>

let stack: Stack
let state: KilledStateStore
let program: Program
const organization = () => firstOf(stack.openai.state.organizations)

function start(file: object = {}, options: Partial<ProgramOptions<Stack['clock']>> = {}) {
  const whole = { ...(stack.file as SandboxFile), ...file }
  return startProgram({ clock: stack.clock, file: whole, emulators: [], limits: false, kept: state, ...options })
}

async function restart(file?: object) {
  await program.close()
  program = await start(file)
}

beforeEach(async () => {
  stack = await startStack({ limits: false, scale })
  state = new KilledStateStore()
  program = await start()
})
afterEach(async () => {
  await program.close()
  await stack.close()
})

describe('after a restart', () => {
  it('the first reading is compared with the last one before', async () => {
    await readAgain(program)
    const { recordedSince } = await listChanges(program)
    const { name } = organization().certificates.pop() ?? {}
    await restart()
    await readAgain(program)
    expect(await changesOf(program)).toEqual([`VANISHED ${name} in ${organization().id}`])
    expect((await listChanges(program)).recordedSince).toBe(recordedSince)
    await restart()
    await readAgain(program)
    expect((await listChanges(program)).totalCount).toBe(1)
  })

  it('the history is listed before anything was read', async () => {
    await readAgain(program)
    organization().certificates.pop()
    await readAgain(program)
    const before = await listChanges(program)
    await restart()
    const calls = stack.openai.emulator.calls.length
    expect(await listChanges(program)).toEqual(before)
    expect(stack.openai.emulator.calls.length).toBe(calls)
  })

  it('a change is found that was read before the process was killed, and not recorded', async () => {
    await readAgain(program)
    await listChanges(program)
    const { name } = organization().certificates.pop() ?? {}
    let end = (_error: Error) => {}
    state.kill = new Promise((_resolve, reject) => {
      end = reject
    })
    await readAgain(program)
    // What waits for the killed state ends with the process.
    const killed = program
    const kept = new KilledStateStore()
    await kept.transaction((writer) => {
      for (const [key, text] of state.range(['history'])) writer.put(key, text)
    })
    state = kept
    program = await start()
    await readAgain(program)
    expect(await changesOf(program)).toEqual([`VANISHED ${name} in ${organization().id}`])
    end(new Error('killed'))
    await killed.close()
  })

  it('a rotated credential continues the history', async () => {
    await readAgain(program)
    const { openai } = structuredClone(stack.file) as unknown as { openai: { organizations: { adminKey: string }[] } }
    const { certificates } = organization()
    organization().adminKey = 'sk-admin-rotated'
    firstOf(openai.organizations).adminKey = 'sk-admin-rotated'
    const { name } = certificates.pop() ?? {}
    await restart({ openai })
    await readAgain(program)
    expect(await changesOf(program)).toEqual([`VANISHED ${name} in ${organization().id}`])
  })

  it('another address of the vendor begins another history', async () => {
    await readAgain(program)
    organization().certificates.pop()
    const { openai } = structuredClone(stack.file) as unknown as { openai: { organizations: { baseUrl: string }[] } }
    for (const each of openai.organizations) each.baseUrl = each.baseUrl.replace('127.0.0.1', 'localhost')
    await restart({ openai })
    await readAgain(program)
    expect(await changesOf(program)).toEqual([])
  })

  it('a place that is not configured any more is not listed, and is compared again when it is back', async () => {
    await readAgain(program)
    const { name } = organization().certificates.pop() ?? {}
    await readAgain(program)
    const { openai } = structuredClone(stack.file) as { openai: { organizations: readonly object[] } }
    await restart({ openai: { ...openai, organizations: openai.organizations.slice(1) } })
    const { name: other } = organization().certificates.pop() ?? {}
    await readAgain(program)
    expect(await changesOf(program)).toEqual([])
    await restart()
    expect(await changesOf(program)).toEqual([`VANISHED ${name} in ${organization().id}`])
    await readAgain(program)
    expect(await changesOf(program)).toEqual([
      `VANISHED ${other} in ${organization().id}`,
      `VANISHED ${name} in ${organization().id}`,
    ])
  })

  it('two accounts that reach one contract are one place', async () => {
    const { akamai } = stack.file as unknown as { akamai: { accounts: { id: string }[] } }
    const [account] = akamai.accounts
    await restart({ akamai: { accounts: [account, { ...account, id: 'other', accountSwitchKey: 'A-B:1-2' }] } })
    const contract = firstOf(firstOf(stack.akamai.state.accounts).contracts)
    await readAgain(program)
    contract.enrollments.pop()
    await readAgain(program)
    const { nodes } = await listChanges(program, `first: 100, placeIds: ["${contract.id}"]`)
    expect(nodes.length).toBeGreaterThan(0)
    expect(new Set(nodes.map(({ certificateId }) => certificateId)).size).toBe(nodes.length)
  })

  it('a contract has the changes that the first account shows, while that account reaches it', async () => {
    const { akamai } = stack.file as unknown as { akamai: { accounts: { id: string }[] } }
    const [account] = akamai.accounts
    const wide = firstOf(stack.akamai.state.accounts)
    const contract = firstOf(wide.contracts)
    const { enrollments } = contract
    const narrow = { ...contract, enrollments: enrollments.slice(1) }
    stack.akamai.state.accounts.push({ ...wide, accountSwitchKey: 'A-B:1-2', contracts: [narrow] })
    const other = { ...account, id: 'other', accountSwitchKey: 'A-B:1-2' }
    const counts = async (id: string) => {
      const fields = 'contracts(first: 1) { nodes { certificates(first: 1, maxStaleness: "PT1S") { totalCount } } }'
      const text = `{ node(id: "${toGlobalId('AkamaiAccount', id)}") { ... on AkamaiAccount { ${fields} } } }`
      stack.clock.advance(600_000)
      const { data } = await program.ask<object>(text)
      return Number(/"totalCount":(\d+)/.exec(JSON.stringify(data))?.[1])
    }
    const inContract = () => changesOf(program, `first: 100, placeIds: ["${contract.id}"]`)
    await restart({ akamai: { accounts: [account, other] } })
    const id = account?.id ?? ''
    const all = await counts(id)
    expect(await counts('other')).toBeLessThan(all)
    for (const each of [id, 'other', id, 'other']) await counts(each)
    expect(await inContract()).toEqual([])
    await restart({ akamai: { accounts: [other, account] } })
    for (const each of ['other', id, 'other']) await counts(each)
    expect(await inContract()).toEqual([])
    await restart({ akamai: { accounts: [other] } })
    const seen = await counts('other')
    expect((await inContract()).filter((text) => text.startsWith('VANISHED'))).toHaveLength(all - seen)
  })

  it.each(['head', 'list'])('a damaged %s begins the history of its place again', async (part) => {
    await readAgain(program)
    await listChanges(program)
    await program.close()
    await state.transaction((writer) => {
      for (const [key, text] of [...writer.range(['history', part])])
        writer.put(key, text.replace(/^(\d+ )?.*/s, '$1{'))
    })
    organization().certificates.pop()
    program = await start()
    await readAgain(program)
    expect(await changesOf(program)).toEqual([])
    const { name } = organization().certificates.pop() ?? {}
    await readAgain(program)
    expect(await changesOf(program)).toEqual([`VANISHED ${name} in ${organization().id}`])
  })
})
