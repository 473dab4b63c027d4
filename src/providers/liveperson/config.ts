import ms from 'ms'
import { z } from 'zod'
import { distinctIds } from '../../config/distinct.ts'
import { exactlyOne, mapping } from '../../config/mapping.ts'
import type { ConfigPart } from '../../config/part.ts'
import { id, listOf, name, secret } from '../../config/place.ts'
import { baseUrl } from '../../config/url.ts'
import { livePersonLimits } from './limits.ts'

type LivePersonAuth = { readonly token: string } | { readonly clientId: string; readonly clientSecret: string }

export interface LivePersonAccountConfig {
  readonly id: string
  readonly name: string | null
  /** Null: looked up in the Domain API. */
  readonly baseUrl: string | null
  readonly auth: LivePersonAuth
}

export interface LivePersonConfig {
  readonly domainApiUrl: string
  readonly accounts: readonly LivePersonAccountConfig[]
}

const account = mapping({
  id: id('an account (site) id'),
  name,
  token: secret('a token').optional(),
  credentials: mapping({ clientId: secret('a client id'), clientSecret: secret('a client secret') }).optional(),
  baseUrl: baseUrl.optional(),
})
  .check(exactlyOne('token', 'credentials'))
  .transform(({ id, name, token, credentials, baseUrl = null }): LivePersonAccountConfig => {
    const auth = token === undefined ? credentials : { token }
    return auth ? { id, name, baseUrl, auth } : z.NEVER
  })

/** `liveperson:` in the configuration file. */
export const livePersonConfig: ConfigPart<LivePersonConfig> = {
  provider: 'LIVEPERSON',
  ttl: ms('5m'),
  limits: livePersonLimits,

  schema: () =>
    mapping({
      domainApiUrl: baseUrl.default('https://api.liveperson.net'),
      accounts: listOf(account, 'accounts').check(distinctIds('liveperson.accounts', 'account (site)')),
    }),

  shortForm: {
    required: { LIVEPERSON_ACCOUNT_ID: 'accounts[0].id', LIVEPERSON_TOKEN: 'accounts[0].token' },
    optional: {},
    // An empty token is reported as a missing token, not as a choice between two settings.
    toPart: ({ LIVEPERSON_ACCOUNT_ID: id, LIVEPERSON_TOKEN: token = '' }) => ({ accounts: [{ id, token }] }),
  },

  toSection: ({ domainApiUrl, accounts }) => ({
    domainApiUrl,
    accounts: accounts.map(({ auth, ...account }) => ({
      ...account,
      ...('token' in auth ? auth : { credentials: auth }),
    })),
  }),

  secretsOf: ({ accounts }) => accounts.map(({ auth }) => secretOf(auth)),
}

/** The configured secret of an account. */
export function secretOf(auth: LivePersonAuth): string {
  return 'token' in auth ? auth.token : auth.clientSecret
}
