import { akamai } from './akamai/index.ts'
import { livePerson } from './liveperson/index.ts'
import { openAI } from './openai/index.ts'
import type { ProviderList } from './provider.ts'

/** Every vendor, by its key in the configuration file. A new vendor is a folder and a line here. */
export const providers = { openai: openAI, akamai, liveperson: livePerson } satisfies ProviderList
