import ms from 'ms'
import { distinctIds } from '../../../src/config/distinct.ts'
import { mapping } from '../../../src/config/mapping.ts'
import type { ConfigPart } from '../../../src/config/part.ts'
import { id, listOf, name, secret } from '../../../src/config/place.ts'
import { baseUrl } from '../../../src/config/url.ts'
import { exampleLimits } from './limits.ts'

export interface ExampleAccountConfig {
  readonly id: string
  readonly name: string | null
  readonly token: string
  readonly baseUrl: string
}

export interface ExampleConfig {
  readonly accounts: readonly ExampleAccountConfig[]
}

const account = mapping({
  id: id('an account id'),
  name,
  token: secret('a token'),
  baseUrl: baseUrl.default('https://api.registry.example'),
})

/** `example:` in the configuration file. */
export const exampleConfig: ConfigPart<ExampleConfig> = {
  provider: 'EXAMPLE',
  ttl: ms('5m'),
  limits: exampleLimits,
  schema: () => mapping({ accounts: listOf(account, 'accounts').check(distinctIds('example.accounts', 'account')) }),
  shortForm: {
    required: { EXAMPLE_ACCOUNT_ID: 'accounts[0].id', EXAMPLE_TOKEN: 'accounts[0].token' },
    optional: {},
    toPart: ({ EXAMPLE_ACCOUNT_ID: id, EXAMPLE_TOKEN: token }) => ({ accounts: [{ id, token }] }),
  },
  secretsOf: ({ accounts }) => accounts.map(({ token }) => token),
}
