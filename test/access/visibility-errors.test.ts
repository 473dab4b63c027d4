import { afterEach, describe, expect, it } from '@jest/globals'
import type { Effect } from '../../src/sandbox/fault.ts'
import { askAs, digestOf } from '../support/callers.ts'
import { passTime } from '../support/passing-time.ts'
import { type Stack, startStack } from '../support/stack.ts'

let stack: Stack
afterEach(() => stack.close())

const secretName = 'Secret Subsidiary'

async function start(effect: Effect): Promise<void> {
  stack = await startStack({
    scale: { akamai: { contractsPerAccount: 6, enrollmentsPerContract: 2 } },
    configure: ({ akamai }) => ({
      akamai,
      access: {
        apiKeys: [
          { name: 'all', sha256: digestOf('all') },
          { name: 'one', sha256: digestOf('one'), places: ['C-0S5'] },
        ],
      },
    }),
  })
  stack.akamai.emulator.fault({ match: ({ path }) => path === '/cps/v2/active-certificates', effect })
}

async function ask(key: string, query: string): Promise<string> {
  const asked = askAs(stack.url, key, query)
  let isAnswered = false
  const done = asked.finally(() => {
    isAnswered = true
  })
  while (!isAnswered) await passTime(stack, 500)
  return (await done).text
}

const others = [0, 1, 2, 3, 4].map(
  (index) => `c${index}: akamaiContract(id: "C-0S${index}") { source { status error { code } } }`,
)
const own = '{ certificates { sources { place { id } error { code message } } } }'

describe('the failure of a hidden place', () => {
  it('is not reported to callers who wait for the same rate limit', async () => {
    const detail = `Too many requests by ${secretName}`
    await start({ status: 429, headers: { 'retry-after': '300' }, body: { title: 'Too many', detail } })
    expect(await ask('all', `{ ${others} }`)).toContain('"FAILED"')
    const answer = await ask('one', own)
    expect(answer).toContain('"UPSTREAM_RATE_LIMITED"')
    expect(answer).not.toContain(secretName)
    expect(answer).not.toMatch(/C-0S[0-4]/)
  })

  it('is not reported to callers who get UPSTREAM_CIRCUIT_OPEN', async () => {
    await start({ status: 500, body: { title: secretName } })
    while (!(await ask('all', `{ ${others} }`)).includes('UPSTREAM_CIRCUIT_OPEN')) await passTime(stack, 6_000)
    const answer = await ask('one', own)
    expect(answer).toContain('"UPSTREAM_CIRCUIT_OPEN"')
    expect(answer).not.toContain(secretName)
    expect(answer).not.toMatch(/C-0S[0-4]/)
  })
})
