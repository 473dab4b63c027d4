import { type AkamaiContract, createAkamaiPlaces } from '../../src/providers/akamai/places.ts'
import type { LivePersonAccountConfig } from '../../src/providers/liveperson/config.ts'
import { createLivePersonPlaces, type LivePersonAccount } from '../../src/providers/liveperson/places.ts'
import { createOpenAIPlaces, type OpenAIOrganization } from '../../src/providers/openai/places.ts'
import { idleUpstream } from './idle-upstream.ts'
import { createOperation } from './operation.ts'
import { firstOf } from './rewriting.ts'

/** An organization that is never called. */
export function openAIOrganizationOf(
  id: string,
  more: { name?: string; adminKey?: string; baseUrl?: string } = {},
): OpenAIOrganization {
  const config = { id, name: null, adminKey: 'key', baseUrl: 'https://a.example/v1', projects: [], ...more }
  return createOpenAIPlaces({ organizations: [config] }, idleUpstream).account(createOperation(), id, 'id')
}

/** A contract that is never called. */
export function akamaiContractOf({ accountId = 'main', switchKey = null as string | null } = {}): AkamaiContract {
  const credentials = { clientToken: 'a', clientSecret: 'b', accessToken: 'c', maxBody: 1, headersToSign: [] }
  const place = { id: accountId, name: null, baseUrl: 'https://a.example', contracts: ['C-1'] }
  const config = { ...place, credentials, accountSwitchKey: switchKey }
  const account = createAkamaiPlaces({ accounts: [config] }, idleUpstream).account(createOperation(), accountId, 'id')
  return firstOf(account.below.configured)
}

/** An account that is never called. */
export function livePersonAccountOf(more: Partial<LivePersonAccountConfig> = {}): LivePersonAccount {
  const config = { id: 'le1', name: null, baseUrl: 'https://a.example', auth: { token: 'token' }, ...more }
  const places = createLivePersonPlaces({ domainApiUrl: 'https://a.example', accounts: [config] }, idleUpstream)
  return places.account(createOperation(), config.id, 'id')
}
