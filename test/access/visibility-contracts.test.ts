import { afterEach, describe, expect, it } from '@jest/globals'
import { toGlobalId } from '../../src/providers/global-id.ts'
import { findOnly, firstOf } from '../support/rewriting.ts'
import { switchKey } from '../support/second-account.ts'
import type { SandboxFile, Stack } from '../support/stack.ts'
import { type SideBySide, sendsCredential, startSideBySide } from '../support/visibility.ts'

const scale = { akamai: { accounts: 2, contractsPerAccount: 2, enrollmentsPerContract: 3 } }
const source = 'kind status certificateCount unreadableRows asOf place { id name } error { code message }'

let sides: SideBySide
afterEach(() => sides.close())

const accountOf = ({ akamai }: Stack, id: string) => findOnly(akamai.state.accounts, (account) => account.id === id)
const callsBy = (id: string) =>
  sides.stack.akamai.emulator.calls
    .filter(sendsCredential(accountOf(sides.stack, id).clientToken))
    .map(({ path }) => path)

/** The configured accounts, with listed contracts or, without a list, discovered ones. */
function akamaiWith({ akamai }: SandboxFile, contracts: Readonly<Record<string, readonly string[]>> = {}) {
  const accounts = akamai.accounts.map((account) => {
    const listed = contracts[account.id]
    return listed ? { ...account, contracts: listed } : account
  })
  return { accounts }
}

/** Starts a stack for a caller who sees the second account but not the first, which reaches one of its contracts too. */
async function startShared(places: readonly string[], contracts: Readonly<Record<string, readonly string[]>> = {}) {
  sides = await startSideBySide(
    {
      places: ['scaled1', 'C-1S0', 'C-1S1', 'C-0S0', ...places],
      small: (file) => ({ akamai: { accounts: akamaiWith(file, contracts).accounts.slice(1) } }),
    },
    { scale, configure: (file) => ({ ...file, akamai: akamaiWith(file, contracts) }) },
  )
  const shared = firstOf(accountOf(sides.stack, 'scaled0').contracts)
  accountOf(sides.stack, 'scaled1').contracts.push(shared)
}

const questions = [
  `certificates(first: 20) { totalCount complete nodes { id name place { id ... on AkamaiContract { account { accountId name } } } }
    sources { ${source} } }`,
  `certificatePlaces(first: 20) { totalCount complete nodes { id ... on AkamaiContract { account { accountId } } } sources { ${source} } }`,
  `certificateStatistics { total byPlace { key { id } count } complete sources { ${source} } }`,
  `akamaiContract(id: "C-0S0") { account { accountId source { ${source} } } source { ${source} } certificates { totalCount } }`,
  `node(id: "${toGlobalId('AkamaiContract', 'C-0S0')}") { ... on AkamaiContract { account { accountId } } }`,
]

describe('a contract that a hidden account and a visible account reach', () => {
  it.each([
    ['discovered', undefined],
    ['configured', { scaled0: ['C-0S0', 'C-0S1'], scaled1: ['C-1S0', 'C-1S1', 'C-0S0'] }],
  ])('is read through the visible account: %s', async (_how, contracts) => {
    await startShared([], contracts)
    for (const question of questions) {
      const answer = await sides.limited(`{ ${question} }`)
      expect(answer).toBe(await sides.small(`{ ${question} }`))
      expect(answer).not.toContain('"errors"')
      expect(answer).not.toContain('scaled0')
    }
    expect(await sides.limited(`{ ${questions[0]} }`)).toContain(toGlobalId('AkamaiContract', 'C-0S0'))
    expect(callsBy('scaled1')).not.toEqual([])
    expect(callsBy('scaled0')).toEqual([])
  })

  it('is read through the visible account when a listed place does not exist, without a report on the hidden one', async () => {
    await startShared(['nowhere'])
    for (const question of questions) {
      const answer = await sides.limited(`{ ${question} }`)
      // A place that exists nowhere makes the answers of its caller incomplete, and has no other effect.
      expect(answer).toBe((await sides.small(`{ ${question} }`)).replace('"complete":true', '"complete":false'))
      expect(answer).not.toContain('"complete":true')
    }
    expect(new Set(callsBy('scaled0'))).toEqual(new Set(['/contract-api/v1/contracts/identifiers']))
  })

  it('is read through the visible account when the hidden one has another visible contract, and its discovery is reported', async () => {
    await startShared(['C-0S1'])
    const { data } = JSON.parse(await sides.limited(`{ ${questions[0]} }`))
    const accounts = new Map(
      data.certificates.nodes.map(({ place }: { place: { id: string; account: { accountId: string } } }) => [
        place.id,
        place.account.accountId,
      ]),
    )
    expect(Object.fromEntries(accounts)).toEqual({
      [toGlobalId('AkamaiContract', 'C-0S0')]: 'scaled1',
      [toGlobalId('AkamaiContract', 'C-0S1')]: 'scaled0',
      [toGlobalId('AkamaiContract', 'C-1S0')]: 'scaled1',
      [toGlobalId('AkamaiContract', 'C-1S1')]: 'scaled1',
    })
    expect(data.certificates).toMatchObject({ totalCount: 12, complete: true })
    expect(
      data.certificates.sources
        .filter(({ kind }: { kind: string }) => kind === 'DISCOVERY')
        .map(({ place }: { place: { id: string } }) => place.id)
        .toSorted(),
    ).toEqual([toGlobalId('AkamaiAccount', 'scaled0'), toGlobalId('AkamaiAccount', 'scaled1')].toSorted())
  })
})

describe('a hidden account that is known through a visible contract', () => {
  const accounts = ({ akamai }: SandboxFile) => {
    const [first, ...others] = akamai.accounts
    return [{ ...first, accountSwitchKey: switchKey }, ...others]
  }

  async function startMet() {
    sides = await startSideBySide(
      { places: ['C-0S0'], small: (file) => ({ akamai: { accounts: accounts(file) } }) },
      { scale, limits: true, configure: (file) => ({ ...file, akamai: { accounts: accounts(file) } }) },
    )
    accountOf(sides.stack, 'scaled0').accountSwitchKey = switchKey
  }

  it('has no rate limit status, and the contract has one', async () => {
    await startMet()
    const question = `{
      akamaiContract(id: "C-0S0") { rateLimit { limit } circuitOpen account { rateLimit { limit } circuitOpen } }
      certificates { sources { kind place { rateLimit { limit } } } }
    }`
    const status = { limit: expect.any(Number) }
    expect(JSON.parse(await sides.limited(question)).data).toEqual({
      akamaiContract: { rateLimit: status, circuitOpen: false, account: { rateLimit: null, circuitOpen: false } },
      certificates: {
        sources: [
          { kind: 'DISCOVERY', place: { rateLimit: null } },
          { kind: 'CERTIFICATES', place: { rateLimit: status } },
        ],
      },
    })
    expect(JSON.parse(await sides.small(question)).data.akamaiContract.account).toMatchObject({ rateLimit: status })
  })

  it('is found by its switch key and by no other', async () => {
    await startMet()
    const ask = async (key: string) =>
      JSON.parse(await sides.limited(`{ akamaiContract(id: "C-0S0", accountSwitchKey: "${key}") { contractId } }`))
    expect(await ask(switchKey)).toEqual({ data: { akamaiContract: { contractId: 'C-0S0' } } })
    expect((await ask('1-OTHER')).errors).toEqual([
      expect.objectContaining({
        message: 'accountSwitchKey: not one of the configured keys, and no other is used',
        extensions: expect.objectContaining({ code: 'FORBIDDEN' }),
      }),
    ])
  })

  it('has a known switch key while its contracts cannot be listed', async () => {
    await startMet()
    sides.stack.akamai.emulator.fault({ effect: { status: 403, body: { title: 'No.' } } })
    const { errors } = JSON.parse(
      await sides.limited(`{ akamaiContract(id: "C-0S0", accountSwitchKey: "${switchKey}") { contractId } }`),
    )
    expect(errors).toEqual([
      expect.objectContaining({ extensions: expect.objectContaining({ code: 'UPSTREAM_FORBIDDEN' }) }),
    ])
    expect(JSON.stringify(errors)).not.toContain('not one of the configured keys')
  })
})
