import ms from 'ms'
import { distinctIds } from '../../config/distinct.ts'
import { mapping } from '../../config/mapping.ts'
import type { ConfigPart } from '../../config/part.ts'
import { discoverOr, id, listOf, name, secret } from '../../config/place.ts'
import { baseUrl } from '../../config/url.ts'
import { openAILimits } from './limits.ts'

export interface OpenAIOrganizationConfig {
  readonly id: string
  readonly name: string | null
  readonly adminKey: string
  readonly baseUrl: string
  readonly projects: 'discover' | readonly string[]
}

export interface OpenAIConfig {
  readonly organizations: readonly OpenAIOrganizationConfig[]
}

const organization = mapping({
  id: id('an organization id'),
  name,
  adminKey: secret('an admin key'),
  baseUrl: baseUrl.default('https://api.openai.com/v1'),
  projects: discoverOr('project'),
})

/** `openai:` in the configuration file. */
export const openAIConfig: ConfigPart<OpenAIConfig> = {
  provider: 'OPENAI',
  ttl: ms('60s'),
  // The administration API documents no limits.
  limits: openAILimits,

  schema: () =>
    mapping({
      organizations: listOf(organization, 'organizations').check(distinctIds('openai.organizations', 'organization')),
    }),

  shortForm: {
    required: {
      OPENAI_ORG_ID: 'organizations[0].id',
      OPENAI_ADMIN_KEY: 'organizations[0].adminKey',
    },
    optional: { OPENAI_BASE_URL: 'organizations[0].baseUrl' },
    toPart: ({ OPENAI_ORG_ID: id, OPENAI_ADMIN_KEY: adminKey, OPENAI_BASE_URL: baseUrl }) => ({
      organizations: [{ id, adminKey, baseUrl }],
    }),
  },

  restrictionsOf: ({ organizations }) =>
    new Map(organizations.map(({ id, projects }) => [id, projects === 'discover' ? [] : ['projects']])),

  secretsOf: ({ organizations }) => organizations.map(({ adminKey }) => adminKey),
}
