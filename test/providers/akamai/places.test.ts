import { afterEach, describe, expect, it } from '@jest/globals'
import { whileTimePasses } from '../../support/passing-time.ts'
import { firstOf, rewriteAnswers } from '../../support/rewriting.ts'
import { startStackWithSecondAccount, switchKey } from '../../support/second-account.ts'
import { type SandboxFile, type Stack, startStack } from '../../support/stack.ts'

interface Contracts {
  certificatePlaces: {
    complete: boolean
    nodes: { id: string; contractId?: string; account?: { accountId: string } }[]
    sources: { status: string; unreadableRows: number }[]
  }
}

const certificatePlaces = `{ certificatePlaces(providers: [AKAMAI]) {
  complete nodes { id ... on AkamaiContract { contractId account { accountId } } } sources { status unreadableRows }
} }`

let stack: Stack
afterEach(() => stack.close())

const contractIds = ({ certificatePlaces }: Contracts) =>
  certificatePlaces.nodes.flatMap(({ contractId }) => contractId ?? [])
const failDiscovery = (fails: (switchKey: string | null) => boolean) =>
  stack.akamai.emulator.fault({
    match: ({ path, query }) => path.startsWith('/contract-api/') && fails(query.get('accountSwitchKey')),
    effect: { status: 500 },
  })

describe('the contracts of an account', () => {
  it('are those that the vendor lists, including contracts below another contract', async () => {
    stack = await startStack()
    const [parent] = stack.akamai.state.accounts[0]?.contracts ?? []
    stack.akamai.state.accounts[0]?.contracts.push({ id: 'C-CHILD', parent: parent?.id ?? null, enrollments: [] })
    const { data } = await stack.ask<Contracts>(certificatePlaces)
    expect(contractIds(data)).toEqual(['C-1BQ7FR8', 'C-CHILD', 'K-2CB4PY1'])
    expect(stack.callsTo('/cps/')).toEqual([])
  })

  it('are the configured contracts, without a call', async () => {
    const configure = (file: SandboxFile) => ({
      ...file,
      akamai: { accounts: file.akamai.accounts.map((account) => ({ ...account, contracts: ['K-2CB4PY1'] })) },
    })
    stack = await startStack({ configure })
    const { data } = await stack.ask<Contracts & { certificates: { totalCount: number } }>(
      certificatePlaces.replace(/}$/, 'certificates(filter: { providers: [AKAMAI] }) { totalCount } }'),
    )
    expect(contractIds(data)).toEqual(['K-2CB4PY1'])
    expect(data.certificatePlaces).toMatchObject({ complete: true, sources: [] })
    expect(data.certificates.totalCount).toBeGreaterThan(0)
    expect(stack.callsTo('/contract-api/')).toEqual([])
    expect(stack.callsTo('/cps/')).toHaveLength(1)
  })

  it('are listed once each, and invalid ids count as unreadable', async () => {
    stack = await startStack()
    rewriteAnswers<string[]>(stack.akamai.emulator, '/identifiers', (ids) => [...ids, ids[0], null, '', { id: 'C-9' }])
    const { data } = await stack.ask<Contracts>(certificatePlaces)
    expect(contractIds(data)).toEqual(['C-1BQ7FR8', 'K-2CB4PY1'])
    expect(data.certificatePlaces).toMatchObject({ complete: false, sources: [{ status: 'OK', unreadableRows: 3 }] })
  })
})

describe('a contract that two accounts reach', () => {
  it('is one place, read through the first account', async () => {
    const { shared, own, ...started } = await startStackWithSecondAccount()
    stack = started.stack
    const { data } = await stack.ask<Contracts & { certificates: { totalCount: number } }>(
      certificatePlaces.replace(/}$/, 'certificates(filter: { providers: [AKAMAI] }) { totalCount } }'),
    )
    const contractAccounts = data.certificatePlaces.nodes.flatMap(({ contractId, account }) =>
      contractId ? [[contractId, account?.accountId]] : [],
    )
    expect(contractAccounts).toEqual([
      [shared, 'bluequay'],
      [own, 'second'],
      ['K-2CB4PY1', 'bluequay'],
    ])
    expect(new Set(data.certificatePlaces.nodes.map(({ id }) => id)).size).toBe(5)
    expect(stack.callsTo(`contractId=${shared}`)).toHaveLength(1)
  })

  it('is read through the account with the given switch key, under the same ids', async () => {
    const { shared, ...started } = await startStackWithSecondAccount()
    stack = started.stack
    const fields = 'id account { accountId } enrollments { totalCount } certificates(first: 100) { nodes { id } }'
    const { data, errors } = await stack.ask<
      Record<
        'first' | 'second',
        { id: string; account: object; enrollments: { totalCount: number }; certificates: { nodes: { id: string }[] } }
      >
    >(`{
      first: akamaiContract(id: "${shared}") { ${fields} }
      second: akamaiContract(id: "${shared}", accountSwitchKey: "${switchKey}") { ${fields} }
    }`)
    expect(errors).toBeUndefined()
    const { first, second } = data
    expect(first).toMatchObject({ account: { accountId: 'bluequay' }, enrollments: { totalCount: 12 } })
    expect(second).toMatchObject({ account: { accountId: 'second' }, enrollments: { totalCount: 11 } })
    expect(second.id).toBe(first.id)
    expect(first.certificates.nodes).toEqual(expect.arrayContaining(second.certificates.nodes))
  })

  it('is read through the second account while the first cannot list its contracts', async () => {
    const { shared, ...started } = await startStackWithSecondAccount()
    stack = started.stack
    failDiscovery((key) => key === null)
    const response = stack.ask<{ akamaiContract: object }>(
      `{ akamaiContract(id: "${shared}") { account { accountId } } }`,
    )
    const { data, errors } = await whileTimePasses(stack.clock, response)
    expect(errors).toBeUndefined()
    expect(data.akamaiContract).toEqual({ account: { accountId: 'second' } })
  })
})

describe('akamaiContract', () => {
  it.each([
    ['a switch key that is not configured', 'id: "C-1BQ7FR8", accountSwitchKey: "1-AB12:1-OTHER"', 'FORBIDDEN'],
    ['an invalid switch key', 'id: "C-1BQ7FR8", accountSwitchKey: "1-AB12&x=1"', 'BAD_USER_INPUT'],
    ['an empty switch key', 'id: "C-1BQ7FR8", accountSwitchKey: ""', 'BAD_USER_INPUT'],
    ['a contract that no account lists', 'id: "C-UNKNOWN"', 'NOT_CONFIGURED'],
    [
      'a contract that only another account lists',
      `id: "K-2CB4PY1", accountSwitchKey: "${switchKey}"`,
      'NOT_CONFIGURED',
    ],
  ])('rejects %s', async (_, args, code) => {
    const started = await startStackWithSecondAccount()
    stack = started.stack
    const { data, errors } = await stack.ask<{ akamaiContract: null }>(`{ akamaiContract(${args}) { id } }`)
    expect(data).toEqual({ akamaiContract: null })
    expect(errors).toMatchObject([{ path: ['akamaiContract'], extensions: { code } }])
    if (code !== 'NOT_CONFIGURED') expect(stack.callsTo('/')).toEqual([])
  })

  it('makes no certificate call, and no call at all for configured contracts', async () => {
    stack = await startStack({
      configure: (file) => ({
        ...file,
        akamai: { accounts: [{ ...firstOf(file.akamai.accounts), contracts: ['C-ANY'] }] },
      }),
    })
    const { data } = await stack.ask<{ akamaiContract: object }>('{ akamaiContract(id: "C-ANY") { contractId name } }')
    expect(data.akamaiContract).toEqual({ contractId: 'C-ANY', name: null })
    expect(stack.callsTo('/')).toEqual([])
  })

  it('returns the vendor’s error when the contract is not found and a list failed', async () => {
    stack = await startStack()
    failDiscovery(() => true)
    const { errors } = await whileTimePasses(stack.clock, stack.ask('{ akamaiContract(id: "C-1BQ7FR8") { id } }'))
    expect(errors).toMatchObject([
      { extensions: { code: 'UPSTREAM_UNAVAILABLE', provider: 'AKAMAI', httpStatus: 500 } },
    ])
  })
})
