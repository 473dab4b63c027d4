import type { Config } from './config.ts'
import { type ProviderConfigs, providers } from './providers/list.ts'
import type { Vendor } from './providers/provider.ts'
import type { UpstreamDependencies } from './upstream/dependencies.ts'
import { defaultSettings } from './upstream/settings.ts'

type Key = keyof ProviderConfigs

export const providerKeys = Object.keys(providers) as Key[]

/** Every vendor with its configuration; one that nobody configured has its types in the graph, and no places. */
export function createVendors(
  configured: Config<ProviderConfigs>['providers'],
  wire: Omit<UpstreamDependencies, 'settings'>,
): readonly Vendor[] {
  function create<K extends Key>(key: K): Vendor {
    const { config, upstream: settings } = configured[key] ?? { config: providers[key].none, upstream: defaultSettings }
    return providers[key].create(config, { ...wire, settings })
  }
  return providerKeys.map(create)
}
