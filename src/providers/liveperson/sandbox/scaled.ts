import { createCalendar, createSecret, numbered } from '../../../sandbox/seed-values.ts'
import type { Account } from './state.ts'

export interface LivePersonScale {
  readonly accounts: number
  readonly certificatesPerAccount: number
}

/** Accounts of a given size, each with a token. */
export function createScaledAccounts(
  now: number,
  { accounts = 2, certificatesPerAccount = 8 }: Partial<LivePersonScale>,
): Account[] {
  const calendar = createCalendar(now)
  return numbered(accounts).map((a) => ({
    id: `le${7_000_000 + a}`,
    name: `Account ${a}`,
    client: null,
    tokens: [{ value: createSecret('lp-'), expiresAt: null }],
    certificates: numbered(certificatesPerAccount).map((c) => ({
      id: String(3_000_000_000 + a * certificatesPerAccount + c),
      name: `connector-${c}`,
      displayName: `Connector ${c}`,
      deleted: false,
      status: 'Available',
      expirationDate: calendar.endOf((c % 400) - 20).toISOString(),
    })),
  }))
}
