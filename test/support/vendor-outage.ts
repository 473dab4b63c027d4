import type { Call } from '../../src/sandbox/call.ts'
import type { Emulator } from '../../src/sandbox/emulator.ts'
import { passTime } from './passing-time.ts'
import { type Stack, startStack } from './stack.ts'

/** Settings under which every operation calls the vendors. */
export const withoutCaching = { ttl: '0s', staleWhileRevalidate: '0s', staleIfError: '0s' }

/** Starts a stack with two places at each vendor and three certificates in each. Default: every operation calls the vendors. */
export function startStackWithSixPlaces(upstream: object = withoutCaching): Promise<Stack> {
  return startStack({
    limits: false,
    scale: {
      openai: { organizations: 2, certificatesPerOrganization: 3, projectsPerOrganization: 2 },
      akamai: { contractsPerAccount: 2, enrollmentsPerContract: 3 },
      liveperson: { accounts: 2, certificatesPerAccount: 3 },
    },
    configure: (file) => ({ ...file, upstream }),
  })
}

/** Prepares a shared stack for the next test: forgets the calls and faults, and lets every reading expire. */
export async function expireReadings(stack: Stack): Promise<void> {
  const unknown = stack.emulators.flatMap((emulator) => emulator.unknown)
  if (unknown.length > 0) throw new Error(`${unknown.length} calls to routes that no vendor documents`)
  for (const emulator of stack.emulators) {
    emulator.reset()
    emulator.latency = 0
  }
  await passTime(stack, 2 * 86_400_000)
}

/** The first place of a vendor, and the calls that read its certificates. */
export interface Outage {
  readonly provider: string
  readonly brand: string
  /** The root field that names the place. */
  readonly field: string
  emulator(stack: Stack): Emulator
  strikes(stack: Stack, call: Call): boolean
}

export const outages: readonly Outage[] = [
  {
    provider: 'OPENAI',
    brand: 'OpenAI',
    field: 'openAIOrganization(id: "org_scaled0")',
    emulator: ({ openai }) => openai.emulator,
    strikes: ({ openai }, { path, headers }) =>
      path === '/v1/organization/certificates' &&
      headers.authorization === `Bearer ${openai.config.organizations[0]?.adminKey}`,
  },
  {
    provider: 'AKAMAI',
    brand: 'Akamai',
    field: 'akamaiContract(id: "C-0S0")',
    emulator: ({ akamai }) => akamai.emulator,
    strikes: (_, { path, query }) => path === '/cps/v2/active-certificates' && query.get('contractId') === 'C-0S0',
  },
  {
    provider: 'LIVEPERSON',
    brand: 'LivePerson',
    field: 'livePersonAccount(id: "le7000000")',
    emulator: ({ liveperson }) => liveperson.emulator,
    strikes: (_, { path }) => path === '/mtls/account/le7000000/certificates',
  },
]

export interface SourceAnswer {
  readonly place: { readonly id: string; readonly provider: string }
  readonly kind: string
  readonly status: string
  readonly asOf: string | null
  readonly certificateCount: number | null
  readonly unreadableRows: number
  readonly error: {
    readonly code: string
    readonly message: string
    readonly httpStatus: number | null
    readonly retryAfterSeconds: number | null
  } | null
}

export const sourceFields = `
  place { id provider } kind status asOf certificateCount unreadableRows
  error { code message httpStatus retryAfterSeconds }
`

/** The fields of a list that report how it was read. */
export interface ListAnswer {
  readonly nodes: readonly { readonly provider: string; readonly place: { readonly id: string } }[]
  readonly totalCount: number
  readonly complete: boolean
  readonly fresh: boolean
  readonly sources: readonly SourceAnswer[]
}

export const listFields = `nodes { provider place { id } } totalCount complete fresh sources { ${sourceFields} }`
