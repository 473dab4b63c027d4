import type { Call } from '../../src/sandbox/call.ts'
import { digitsOf } from '../../src/sandbox/seed-values.ts'
import { askAs, digestOf } from './callers.ts'
import { startProgram } from './program.ts'
import { type SandboxFile, type Stack, type StackOptions, startStack } from './stack.ts'

const key = 'cg_side-by-side'

/** Two deployments with the same vendors and the same key. */
export interface SideBySide {
  readonly stack: Stack
  /** Sends a query to the deployment with all places. There the key may read some of them only. */
  limited(query: string): Promise<string>
  /** Sends a query to the deployment with those places alone. There the key may read everything, or what it lists. */
  small(query: string): Promise<string>
  close(): Promise<void>
}

export interface SideBySideOptions {
  readonly places: readonly string[]
  /** Whether the key has the list of places in the small deployment too: one of them may exist nowhere. */
  readonly isSmallListed?: boolean
  /** The configuration with these places and no others. */
  small(file: SandboxFile): object
}

/** The id that the emulator gives a project of a scaled organization. */
export const projectId = (organization: number, project: number) =>
  `proj_${digitsOf(`project ${organization}-${project}`, 16)}`

/** Whether the authorization header of a call contains the text. */
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
  { places, small, isSmallListed = false }: SideBySideOptions,
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
  const [file] = files
  if (!file) throw new Error('nothing was configured')
  const other = { ...small(file), writes: 'enabled', access: accessOf(isSmallListed ? places : undefined) }
  const program = await startProgram({ clock, file: other, emulators: [], limits: options.limits ?? false })
  const ask = async (url: string, query: string) => {
    const { text } = await askAs(url, key, query)
    return text.replaceAll(/"requestId":"[^"]*"/g, '"requestId":"…"').replaceAll(/"upstreamRequestId":"[^"]*",?/g, '')
  }
  return {
    stack,
    limited: (query) => ask(stack.url, query),
    small: (query) => ask(program.url, query),
    async close() {
      await program.close()
      await stack.close()
    },
  }
}
