import type { Config } from './config/configuration.ts'
import { providers } from './providers/list.ts'
import type { ProviderList, Vendor } from './providers/provider.ts'
import type { UpstreamDependencies } from './upstream/dependencies.ts'

/** A configuration for any list of vendors. */
export type AnyConfig = Config<Readonly<Record<string, unknown>>>

/** Creates every vendor. One that is not configured has no places, but its types are in the schema. */
export function createVendors(
  configured: AnyConfig['providers'],
  upstreamOf: (vendor: string) => UpstreamDependencies,
  list: ProviderList = providers,
): readonly Vendor[] {
  return Object.entries(list).map(([key, provider]) =>
    provider.create(configured[key]?.config ?? provider.none, upstreamOf(key)),
  )
}
