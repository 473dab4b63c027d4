import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Call } from '../../src/sandbox/call.ts'
import { type Gate, startGate } from '../support/gate.ts'
import { quiet } from '../support/quiet.ts'
import { type Stack, startStack } from '../support/stack.ts'
import { until } from '../support/until.ts'
import { failureOf } from '../support/vendor-call.ts'
import { withoutCaching } from '../support/vendor-outage.ts'

let stack: Stack
let gate: Gate

beforeEach(async () => {
  gate = await startGate()
  stack = await startStack({
    limits: false,
    scale: {
      openai: { certificatesPerOrganization: 5 },
      akamai: { contractsPerAccount: 2, enrollmentsPerContract: 3 },
    },
    configure: ({ akamai, openai }) => {
      const [account] = akamai.accounts
      gate.target = String(account?.baseUrl)
      return {
        openai,
        akamai: { accounts: [{ ...account, baseUrl: gate.url }] },
        upstream: { ...withoutCaching, concurrency: 2 },
      }
    },
  })
})
afterEach(async () => {
  await stack.close()
  await gate.close()
})

const isContent = ({ query }: Call) => query.has('include[]')
const contents = () => stack.openai.emulator.calls.filter(isContent)

/** Sends a query and closes the connection as soon as this many calls have come. */
async function leaveAfter(query: string, haveCome: () => boolean): Promise<void> {
  const client = new AbortController()
  const failure = failureOf(stack.ask(query, {}, client.signal))
  await until(haveCome)
  client.abort()
  expect(await failure).toMatchObject({ name: 'AbortError' })
}

const pems = '{ openAIOrganization(id: "org_scaled0") { certificates { nodes { pem } } } }'
const contract = '{ akamaiContract(id: "C-0S0") { certificates { totalCount } } }'

describe('when the client closes the connection', () => {
  it('the calls for this operation alone are aborted, and waiting ones are never sent', async () => {
    stack.openai.emulator.fault({ match: isContent, effect: 'hang' })
    await leaveAfter(pems, () => contents().length === 2)
    await until(() => contents().every(({ aborted }) => aborted))
    await quiet()
    expect(contents()).toHaveLength(2)
    expect(stack.clock.pendingSleeps).toBe(0)
  })

  it('the next client gets its response', async () => {
    const switchOff = stack.openai.emulator.fault({ match: isContent, effect: 'hang' })
    for (let client = 1; client <= 5; client++) await leaveAfter(pems, () => contents().length >= 2 * client)
    switchOff()
    const { data, errors } = await stack.ask(pems)
    expect(errors).toBeUndefined()
    expect(JSON.stringify(data).match(/BEGIN CERTIFICATE/g)).toHaveLength(5)
    expect(contents()).toHaveLength(15)
    await until(() => stack.clock.pendingSleeps === 0)
  })

  it('a PEM that another operation waits for is still read', async () => {
    stack.openai.emulator.fault({ match: isContent, effect: 'hang', times: 2 })
    const waiting = new AbortController()
    const left = failureOf(stack.ask(pems, {}, waiting.signal))
    await until(() => contents().length === 2)
    const asked = stack.ask(pems)
    await quiet()
    waiting.abort()
    await left
    expect((await asked).errors).toBeUndefined()
  })

  it('the reading of a place continues and is served to the next operation', async () => {
    await leaveAfter(contract, () => gate.received.length === 1)
    // The discovery continues too, but no operation waits for the readings after it.
    gate.open()
    await until(() => stack.clock.pendingSleeps === 0)
    await quiet()
    expect(stack.callsTo('active-certificates')).toEqual([])
    expect((await stack.ask(contract)).errors).toBeUndefined()
    expect(gate.received.map((target) => target.split('?')[0])).toEqual([
      '/contract-api/v1/contracts/identifiers',
      '/cps/v2/active-certificates',
    ])
  })

  it('a reading that other operations wait for is served to them', async () => {
    const client = new AbortController()
    const left = failureOf(stack.ask(contract, {}, client.signal))
    await until(() => gate.received.length === 1)
    gate.letOneThrough()
    await until(() => gate.received.length === 2)
    // An identical operation would wait for the answer to the first one.
    const asked = [stack.ask(`${contract} # one`), stack.ask(`${contract} # two`)]
    await until(() => stack.clock.pendingSleeps === 3 + 2)
    client.abort()
    await left
    gate.open()
    for (const { data } of await Promise.all(asked)) {
      expect(data).toEqual({ akamaiContract: { certificates: { totalCount: 3 } } })
    }
    expect(gate.received).toHaveLength(2)
  })

  it('the abort is logged, and not as an error', async () => {
    stack.openai.emulator.fault({ match: isContent, effect: 'hang' })
    await leaveAfter(pems, () => contents().length === 2)
    await until(() => stack.log.some(({ clientLeft }) => clientLeft === true))
    expect(stack.log.filter(({ level }) => Number(level) > 30)).toEqual([])
  })
})
