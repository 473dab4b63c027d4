import ms from 'ms'
import { z } from 'zod'
import { distinctBy, distinctIds } from '../../config/distinct.ts'
import { exactlyOne, mapping } from '../../config/mapping.ts'
import type { ConfigFolders, ConfigPart } from '../../config/part.ts'
import { discoverOr, id, listOf, name } from '../../config/place.ts'
import { baseUrl } from '../../config/url.ts'
import {
  type AkamaiApiClient,
  type AkamaiCredentials,
  accountSwitchKey,
  credentials,
  type EdgercSection,
  edgerc,
} from './credentials.ts'
import { akamaiLimits } from './limits.ts'

export type { AkamaiCredentials } from './credentials.ts'

export interface AkamaiAccountConfig {
  /** Chosen in the configuration: Akamai has no public id for an account. */
  readonly id: string
  readonly name: string | null
  readonly baseUrl: string
  readonly credentials: AkamaiCredentials
  readonly accountSwitchKey: string | null
  readonly contracts: 'discover' | readonly string[]
  /** Where the credentials were read; absent for credentials in the configuration. */
  readonly edgerc?: EdgercSection
}

export interface AkamaiConfig {
  readonly accounts: readonly AkamaiAccountConfig[]
}

const list = 'akamai.accounts'

const account = (folders: ConfigFolders) =>
  mapping({
    id: id('a name of your own for the account'),
    name,
    edgerc: edgerc(folders).optional(),
    credentials: credentials.optional(),
    baseUrl: baseUrl.optional(),
    accountSwitchKey: accountSwitchKey.optional(),
    contracts: discoverOr('contract', { atLeast: 1 }),
  })
    .check(exactlyOne('edgerc', 'credentials'))
    .transform((written): AkamaiAccountConfig & Pick<AkamaiApiClient, 'host'> => {
      const client = written.edgerc ?? written.credentials
      if (!client) return z.NEVER
      return {
        id: written.id,
        name: written.name,
        host: client.host,
        baseUrl: written.baseUrl ?? client.host,
        credentials: client.credentials,
        accountSwitchKey: written.accountSwitchKey ?? client.accountSwitchKey,
        contracts: written.contracts,
        ...(client.edgerc && { edgerc: client.edgerc }),
      }
    })

/** `akamai:` in the configuration file. */
export const akamaiConfig: ConfigPart<AkamaiConfig> = {
  provider: 'AKAMAI',
  ttl: ms('5m'),
  limits: akamaiLimits,

  schema: (folders) =>
    mapping({
      accounts: listOf(account(folders), 'accounts')
        .check(distinctIds(list, 'account id'))
        .check(
          distinctBy(list, 'credential with the same account switch key', ({ host, credentials, accountSwitchKey }) =>
            JSON.stringify([host, credentials.clientToken, credentials.accessToken, accountSwitchKey]),
          ),
        )
        .transform((accounts) => accounts.map(({ host: _, ...config }) => config)),
    }),

  shortForm: {
    required: {
      AKAMAI_HOST: 'accounts[0].credentials.host',
      AKAMAI_CLIENT_TOKEN: 'accounts[0].credentials.clientToken',
      AKAMAI_CLIENT_SECRET: 'accounts[0].credentials.clientSecret',
      AKAMAI_ACCESS_TOKEN: 'accounts[0].credentials.accessToken',
    },
    optional: {
      AKAMAI_ACCOUNT_KEY: 'accounts[0].accountSwitchKey',
      AKAMAI_CONTRACT_IDS: 'accounts[0].contracts',
    },
    toPart: ({
      AKAMAI_HOST: host,
      AKAMAI_CLIENT_TOKEN: clientToken,
      AKAMAI_CLIENT_SECRET: clientSecret,
      AKAMAI_ACCESS_TOKEN: accessToken,
      AKAMAI_ACCOUNT_KEY: accountSwitchKey,
      AKAMAI_CONTRACT_IDS: contractIds,
    }) => {
      const credentials = { host, clientToken, clientSecret, accessToken }
      const contracts = contractIds?.split(',').map((contractId) => contractId.trim())
      return { accounts: [{ id: 'default', credentials, accountSwitchKey, contracts }] }
    },
  },

  restrictionsOf: ({ accounts }) =>
    new Map(
      accounts.map(({ id, contracts, accountSwitchKey }) => [
        id,
        [
          ...(contracts === 'discover' ? [] : ['contracts']),
          ...(accountSwitchKey === null ? [] : ['accountSwitchKey']),
        ],
      ]),
    ),
  toSection: ({ accounts }) => ({
    accounts: accounts.map(({ credentials: { clientToken, clientSecret, accessToken }, edgerc, ...account }) => {
      // The host is used where there is no base URL.
      const credentials = { host: new URL(account.baseUrl).host, clientToken, clientSecret, accessToken }
      return { ...account, ...(edgerc ? { edgerc } : { credentials }) }
    }),
  }),

  secretsOf: ({ accounts }) =>
    accounts.flatMap(({ credentials: { clientToken, clientSecret, accessToken } }) => [
      clientToken,
      clientSecret,
      accessToken,
    ]),
}
