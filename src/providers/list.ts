import { akamai } from './akamai/index.ts'
import { livePerson } from './liveperson/index.ts'
import { openAI } from './openai/index.ts'
import type { Provider } from './provider.ts'

/** Every vendor, by its key in the configuration file. A new one is its folder and a line here. */
const list = { openai: openAI, akamai, liveperson: livePerson }

type List = typeof list

/** What each vendor is configured with. */
export type ProviderConfigs = {
  [Key in keyof List]: List[Key] extends Provider<infer Config> ? Config : never
}

export const providers: { readonly [Key in keyof ProviderConfigs]: Provider<ProviderConfigs[Key]> } = list
