import { type App, createApp } from '../../src/app.ts'
import { parseConfig } from '../../src/config.ts'
import { providers } from '../../src/providers/list.ts'
import type { Call } from '../../src/sandbox/call.ts'
import { digitsOf } from '../../src/sandbox/seed-values.ts'
import { listen } from '../../src/server/listen.ts'
import { askAs, digestOf } from './callers.ts'
import { type SandboxFile, type Stack, type StackOptions, startStack } from './stack.ts'
import { createTestLog } from './test-log.ts'

const key = 'cg_of-the-one-who-asks'

/** Two programs before the same vendors, to be asked with the same key. */
export interface SideBySide {
  readonly stack: Stack
  /** Asks the one where everything is configured, with a key that is limited to some places. */
  limited(query: string): Promise<string>
  /** Asks the one where nothing else is configured, with a key that is not limited. */
  small(query: string): Promise<string>
  close(): Promise<void>
}

export interface SideBySideOptions {
  readonly places: readonly string[]
  /** The configuration with these places and no others. */
  small(file: SandboxFile): object
}

/** As the vendor's stand-in names the projects of organizations by the number. */
export const projectId = (organization: number, project: number) =>
  `proj_${digitsOf(`project ${organization}-${project}`, 16)}`

/** Whether a call was made with a credential that has this in it. */
export const sendsCredential =
  (secret: string) =>
  ({ headers }: Pick<Call, 'headers'>) =>
    headers.authorization?.includes(secret) === true

const accessOf = (places?: readonly string[]) => ({
  apiKeys: [
    {
      name: 'someone',
      sha256: digestOf(key),
      scopes: ['certificates:read', 'certificates:content', 'certificates:write'],
      ...(places && { places }),
    },
  ],
})

export async function startSideBySide(
  { places, small }: SideBySideOptions,
  { configure = (file) => file, ...options }: StackOptions = {},
): Promise<SideBySide> {
  const files: SandboxFile[] = []
  const stack = await startStack({
    limits: false,
    ...options,
    configure: (file) => {
      files.push(file)
      return { ...configure(file), writes: 'enabled', access: accessOf(places) }
    },
  })
  const { clock } = stack
  const apps: App[] = []
  const [file] = files
  if (!file) throw new Error('nothing was configured')
  const other = { ...small(file), writes: 'enabled', access: accessOf() }
  const app = createApp(parseConfig(providers, other, { env: {}, cwd: '/', mode: 'live' }), {
    clock,
    log: createTestLog().log,
    version: '0.0.0',
  })
  apps.push(app)
  const listening = await listen(app.server, { host: '127.0.0.1', port: 0, clock })
  const ask = async (url: string, query: string) => {
    const { text } = await askAs(url, key, query)
    return text.replaceAll(/"requestId":"[^"]*"/g, '"requestId":"…"').replaceAll(/"upstreamRequestId":"[^"]*",?/g, '')
  }
  return {
    stack,
    limited: (query) => ask(stack.url, query),
    small: (query) => ask(`${listening.url}/graphql`, query),
    async close() {
      await listening.close()
      for (const each of apps) await each.close()
      await stack.close()
    },
  }
}
