import { createAkamaiClient } from '../../src/providers/akamai/client.ts'
import { createAkamaiLoaders } from '../../src/providers/akamai/loaders.ts'
import { AkamaiAccount, AkamaiContract } from '../../src/providers/akamai/places.ts'
import { createLivePersonClient } from '../../src/providers/liveperson/client.ts'
import type { LivePersonAccountConfig } from '../../src/providers/liveperson/config.ts'
import type { LivePersonResource } from '../../src/providers/liveperson/limits.ts'
import { createLivePersonLoaders } from '../../src/providers/liveperson/loaders.ts'
import { LivePersonAccount } from '../../src/providers/liveperson/places.ts'
import { createOpenAIClient } from '../../src/providers/openai/client.ts'
import { createOpenAILoaders } from '../../src/providers/openai/loaders.ts'
import { OpenAIOrganization } from '../../src/providers/openai/places.ts'
import { RefreshSchedule } from '../../src/upstream/cache/refresh-schedule.ts'
import { createRateLimiter } from '../../src/upstream/call/resilience-pipeline.ts'
import { idleUpstream } from './idle-upstream.ts'

/** An organization that is never called. */
export function openAIOrganizationOf(id: string, more: { name?: string; adminKey?: string; baseUrl?: string } = {}) {
  const config = { id, name: null, adminKey: 'key', baseUrl: 'https://a.example/v1', projects: [], ...more }
  return new OpenAIOrganization(config, createOpenAIClient(config, idleUpstream), createOpenAILoaders(idleUpstream))
}

/** A contract that is never called. */
export function akamaiContractOf({ accountId = 'main', switchKey = null as string | null } = {}) {
  const credentials = { clientToken: 'a', clientSecret: 'b', accessToken: 'c', maxBody: 1, headersToSign: [] }
  const place = { id: accountId, name: null, baseUrl: 'https://a.example', contracts: [] }
  const config = { ...place, credentials, accountSwitchKey: switchKey }
  const loaders = createAkamaiLoaders(idleUpstream)
  const account = new AkamaiAccount(config, createAkamaiClient(config, idleUpstream), loaders)
  return new AkamaiContract(account, 'C-1', loaders)
}

/** An account that is never called. */
export function livePersonAccountOf(more: Partial<LivePersonAccountConfig> = {}) {
  const config = { id: 'le1', name: null, baseUrl: 'https://a.example', auth: { token: 'token' }, ...more }
  const upstream = idleUpstream
  const budget = createRateLimiter<LivePersonResource>(upstream, ['LIVEPERSON'])
  const sweep = new RefreshSchedule(upstream, budget, 'certificates')
  const domainApiUrl = 'https://a.example'
  const client = createLivePersonClient(config, {
    domainApiUrl,
    lookup: async () => domainApiUrl,
    budget,
    sweep,
    upstream,
  })
  return new LivePersonAccount(config, client, createLivePersonLoaders(upstream))
}
