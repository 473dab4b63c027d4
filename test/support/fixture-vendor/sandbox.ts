import type { Call, EmulatedResponse } from '../../../src/sandbox/call.ts'
import { startEmulator } from '../../../src/sandbox/emulator.ts'
import { createRouter } from '../../../src/sandbox/router.ts'
import type { Sandbox, SandboxOptions } from '../../../src/sandbox/sandbox.ts'
import { createCalendar, createSecret, numbered } from '../../../src/sandbox/seed-values.ts'

export interface ExampleScale {
  readonly accounts: number
  readonly certificatesPerAccount: number
}

interface Account {
  readonly id: string
  readonly name: string
  readonly token: string
  readonly certificates: { id: string; label: string; state: string; notAfter: string | null }[]
}

export interface ExampleSandboxConfig {
  readonly accounts: readonly {
    readonly id: string
    readonly name: string
    readonly token: string
    readonly baseUrl: string
  }[]
}

const pageSize = 50

/** The registry on a loopback address. It has one endpoint. */
export async function startExampleSandbox({
  now,
  scale = {},
}: SandboxOptions<ExampleScale>): Promise<Sandbox<ExampleSandboxConfig, { readonly accounts: Account[] }>> {
  const accounts = createAccounts(now(), scale)
  const emulator = await startEmulator(
    createRouter({
      'GET /v1/accounts/:accountId/certificates': ({ call, params }) => respond(call, accounts, params.accountId),
    }),
    { now },
  )
  return {
    config: { accounts: accounts.map(({ id, name, token }) => ({ id, name, token, baseUrl: emulator.url })) },
    emulator,
    state: { accounts },
    close: emulator.close,
  }
}

/** Returns a page. A page token is the index of the first certificate of the page. */
function respond({ headers, query }: Call, accounts: readonly Account[], accountId: string): EmulatedResponse {
  const account = accounts.find(({ token }) => headers.authorization === `Bearer ${token}`)
  if (!account) return { status: 401, body: { message: 'the token is unknown' } }
  if (account.id !== accountId) return { status: 403, body: { message: `no access to ${accountId}` } }
  const start = Number(query.get('pageToken') ?? 0)
  const end = start + pageSize
  const nextPageToken = end < account.certificates.length ? String(end) : ''
  return { status: 200, body: { items: account.certificates.slice(start, end), nextPageToken } }
}

function createAccounts(now: number, { accounts = 2, certificatesPerAccount = 5 }: Partial<ExampleScale>): Account[] {
  const calendar = createCalendar(now)
  return numbered(accounts).map((a) => ({
    id: `reg-${a}`,
    name: `Registry account ${a}`,
    token: createSecret('reg-'),
    certificates: numbered(certificatesPerAccount).map((c) => ({
      id: `${a}-${c}`,
      label: `registry-${a}-${c}.example`,
      state: c % 3 === 2 ? 'revoked' : 'issued',
      notAfter: c % 7 === 6 ? null : calendar.endOf(9 * c - 5 + a).toISOString(),
    })),
  }))
}
