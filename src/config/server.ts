import ms from 'ms'
import { z } from 'zod'
import { type AccessConfig, parseAccess } from './access.ts'
import { isLoopback } from './loopback.ts'
import { mapping } from './mapping.ts'
import type { Mistakes } from './mistakes.ts'
import { type ProcessSettings, processHints } from './process.ts'
import { duration } from './quantities.ts'
import { publicUrl } from './url.ts'
import { expected } from './wording.ts'

/** How the API listens, and who may use it. */
export interface ServerConfig {
  readonly host: string
  readonly port: number
  /** Accepted Host names besides the loopback ones and `host`. */
  readonly hosts: readonly string[]
  readonly logLevel: ProcessSettings['logLevel']
  readonly logFormat: ProcessSettings['logFormat']
  readonly access: AccessConfig
  /** Origins whose web pages may call the API, as in the header `Origin`. */
  readonly cors: { readonly origins: readonly string[] }
  readonly introspection: boolean
  readonly graphiql: boolean
  /** How long an answer is given again to identical requests, in milliseconds; 0: never. */
  readonly answers: { readonly storeFor: number }
  /** Where people reach this program, without a trailing slash, for links. Null: there are no links. */
  readonly publicUrl: string | null
  /** Milliseconds after SIGTERM in which requests are served. */
  readonly drainDelay: number
}

const hostNameExpected = expected('a host name without scheme, port and path')
const hostName = z
  .string(hostNameExpected)
  .toLowerCase()
  .regex(/^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])$/, hostNameExpected)
const originExpected = expected('an origin such as https://app.example.com, without a path')
const origin = z.string(originExpected).refine(isOrigin, originExpected)
const flag = z.boolean(expected('true or false')).optional()
const serverSection = mapping(
  {
    hosts: z.array(hostName, expected('a list of host names')).default([]),
    cors: mapping({ origins: z.array(origin, expected('a list of origins')).default([]) }).prefault({}),
    answers: mapping({ storeFor: duration({ zero: true, max: ms('1s') }).prefault('1s') }).prefault({}),
    publicUrl: publicUrl.nullable().default(null),
    introspection: flag,
    graphiql: flag,
    drainDelay: duration({ zero: true, max: ms('10m') }).prefault('5s'),
  },
  { hints: processHints },
).prefault({})

const accessMissing = {
  live: 'reachable from other machines; expected "access" in the configuration file, with apiKeys or jwt or as "access: public", CERTGRAPH_API_KEY_SHA256 or CERTGRAPH_ACCESS=public in the environment, or the host 127.0.0.1',
  sandbox:
    'reachable from other machines; expected CERTGRAPH_ACCESS=public or CERTGRAPH_API_KEY_SHA256 in the environment, or the host 127.0.0.1',
}

/** Parses `server:` and `access:`. */
export function parseServer(
  { server, access }: Record<string, unknown>,
  { host, port, logLevel, logFormat }: ProcessSettings,
  mode: 'live' | 'sandbox',
  mistakes: Mistakes,
): ServerConfig | undefined {
  const section = mistakes.read(serverSection, server, ['server'])
  const allowed = parseAccess(access, mistakes)
  if (!isLoopback(host) && access === undefined) mistakes.add('HOST', accessMissing[mode])
  if (!section || !allowed) return undefined
  // The certificates of the sandbox are invented.
  const isOpen = isLoopback(host) || mode === 'sandbox'
  const { hosts, cors, answers, publicUrl: url, introspection = isOpen, graphiql = isOpen } = section
  // No load balancer sends requests to the sandbox.
  const drainDelay = mode === 'sandbox' ? 0 : section.drainDelay
  return {
    host,
    port,
    hosts,
    logLevel,
    logFormat,
    access: allowed,
    cors,
    answers,
    publicUrl: url,
    introspection,
    graphiql,
    drainDelay,
  }
}

/** Whether the text is spelled as in the header `Origin`: lower case, without a path and a default port. */
function isOrigin(text: string): boolean {
  return /^https?:$/.test(protocolOf(text)) && new URL(text).origin === text
}

function protocolOf(text: string): string {
  return URL.canParse(text) ? new URL(text).protocol : ''
}
