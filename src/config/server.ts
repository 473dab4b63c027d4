import { z } from 'zod'
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
  /** Null: this machine alone. */
  readonly access: 'public' | null
}

const hostNameExpected = expected('a host name, without scheme, port and path')
const hostName = z
  .string(hostNameExpected)
  .toLowerCase()
  .regex(/^([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])$/, hostNameExpected)
const serverSection = mapping({
  hosts: z.array(hostName, expected('a list of host names')).default([]),
}).prefault({})
const accessSetting = z.literal('public', expected('public, or no such setting')).optional()

const loopbackOnly = 'not a loopback address; the sandbox expects 127.0.0.1, ::1 or localhost'
const accessMissing = 'lets other machines in; expected "access: public" in the configuration file, or 127.0.0.1'

/** `server:` and `access:` in the file, with what the environment says of the process. */
export function parseServer(
  { server, access }: Record<string, unknown>,
  { host, port, logLevel }: ProcessSettings,
  mode: 'live' | 'sandbox',
  mistakes: Mistakes,
): ServerConfig | undefined {
  const section = mistakes.read(serverSection, server, ['server'])
  const allowed = mistakes.read(accessSetting, access, ['access'])
  if (!isLoopback(host)) {
    if (mode === 'sandbox') mistakes.add('HOST', loopbackOnly)
    else if (access === undefined) mistakes.add('HOST', accessMissing)
  }
  return section && { host, port, hosts: section.hosts, logLevel, access: allowed ?? null }
}
