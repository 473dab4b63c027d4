import { z } from 'zod'
import { type AccessConfig, parseAccess } from './access.ts'
import { isLoopback } from './loopback.ts'
import { mapping } from './mapping.ts'
import type { Mistakes } from './mistakes.ts'
import type { ProcessSettings } from './process.ts'
import { expected } from './wording.ts'

/** How the API listens, and who may reach it. */
export interface ServerConfig {
  readonly host: string
  readonly port: number
  /** Accepted Host names besides those of loopback and `host`. */
  readonly hosts: readonly string[]
  readonly logLevel: ProcessSettings['logLevel']
  readonly access: AccessConfig
  /** Web pages of other origins that may call, each as a browser names it in `Origin`. */
  readonly cors: { readonly origins: readonly string[] }
  /** Whether the schema may be asked for. */
  readonly introspection: boolean
  readonly graphiql: boolean
}

const hostNameExpected = expected('a host name, without scheme, port and path')
const hostName = z
  .string(hostNameExpected)
  .toLowerCase()
  .regex(/^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])$/, hostNameExpected)
const originExpected = expected('an origin such as https://app.example.com, without path')
const origin = z.string(originExpected).refine(isOrigin, originExpected)
const truth = z.boolean(expected('true or false')).optional()
const serverSection = mapping({
  hosts: z.array(hostName, expected('a list of host names')).default([]),
  cors: mapping({ origins: z.array(origin, expected('a list of origins')).default([]) }).prefault({}),
  introspection: truth,
  graphiql: truth,
}).prefault({})

const loopbackOnly = 'not a loopback address; the sandbox expects 127.0.0.1, ::1 or localhost'
const accessMissing =
  'lets other machines in; expected "access" with apiKeys or jwt, or "access: public", in the configuration file, or 127.0.0.1'

/** `server:` and `access:` in the file, with what the environment says of the process. */
export function parseServer(
  { server, access }: Record<string, unknown>,
  { host, port, logLevel }: ProcessSettings,
  mode: 'live' | 'sandbox',
  mistakes: Mistakes,
): ServerConfig | undefined {
  const section = mistakes.read(serverSection, server, ['server'])
  const allowed = parseAccess(access, mistakes)
  if (!isLoopback(host)) {
    if (mode === 'sandbox') mistakes.add('HOST', loopbackOnly)
    else if (access === undefined) mistakes.add('HOST', accessMissing)
  }
  if (!section || !allowed) return undefined
  const { hosts, cors, introspection = isLoopback(host), graphiql = isLoopback(host) } = section
  return { host, port, hosts, logLevel, access: allowed, cors, introspection, graphiql }
}

/** What a browser sends: no path, no default port, lower case. */
function isOrigin(text: string): boolean {
  return /^https?:$/.test(protocolOf(text)) && new URL(text).origin === text
}

function protocolOf(text: string): string {
  return URL.canParse(text) ? new URL(text).protocol : ''
}
