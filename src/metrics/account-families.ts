import type { AccountState, Vendor } from '../providers/provider.ts'
import { toResourceLabel } from './label-value.ts'
import type { Family, Sample } from './text-format.ts'

/** What limits the calls of each account. Accounts that share a limit have equal series. */
export function toAccountFamilies(vendors: readonly Vendor[]): readonly Family[] {
  const accounts = vendors.flatMap((vendor) => vendor.accountStates())
  const gauge = (name: string, help: string, sampleOf: (account: AccountState) => Sample | null): Family => ({
    name,
    help,
    type: 'gauge',
    samples: accounts.flatMap((account) => sampleOf(account) ?? []),
  })
  const ofLimit = (callsOf: (limit: NonNullable<AccountState['rateLimit']>) => number) => (account: AccountState) => {
    const { provider, vendorId, resource, rateLimit } = account
    const labels = { provider, account: vendorId, resource: toResourceLabel(resource) }
    return rateLimit && { labels, value: callsOf(rateLimit) }
  }
  return [
    gauge(
      'certgraph_rate_limit_limit_calls',
      'Calls that the tightest rate limit allows within its window.',
      ofLimit(({ limit }) => limit.calls),
    ),
    gauge(
      'certgraph_rate_limit_remaining_calls',
      'Calls that may be made now. 0 during a pause that the vendor asked for.',
      ofLimit(({ remaining }) => remaining),
    ),
    gauge(
      'certgraph_rate_limit_waiting_calls',
      'Calls that wait for the rate limit.',
      ofLimit(({ waiting }) => waiting),
    ),
    gauge(
      'certgraph_circuit_open',
      '1 while calls of the account are suspended after repeated failures, else 0.',
      ({ provider, vendorId, circuitOpen }) => ({
        labels: { provider, account: vendorId },
        value: Number(circuitOpen),
      }),
    ),
  ]
}
