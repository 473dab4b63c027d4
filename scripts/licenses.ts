import { z } from 'zod'

/** Licences that allow use, change and redistribution, also as a service. */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'Python-2.0',
  'Unlicense',
])

interface Package {
  readonly name: string
  readonly version: string
  /** An SPDX expression; undefined when the package states none. */
  readonly license: string | undefined
}

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string().optional(), license: z.string().optional(), dev: z.boolean().optional() }),
  ),
})

/** The packages of a lock file that are installed without development dependencies: transitive and optional ones too. */
export function listRuntimePackages(lock: unknown): readonly Package[] {
  return listPackages(lock, (_, isDevelopment) => !isDevelopment)
}

/**
 * The packages of a lock file from which a bundle has files.
 * @param inputs the paths of the files
 */
export function listBundledPackages(lock: unknown, inputs: readonly string[]): readonly Package[] {
  const folders = new Set(
    inputs.map((input) => /^node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]),
  )
  return listPackages(lock, (path) => folders.has(path))
}

function listPackages(lock: unknown, isListed: (path: string, isDevelopment: boolean) => boolean): readonly Package[] {
  return Object.entries(lockFile.parse(lock).packages)
    .filter(([path, { dev }]) => path !== '' && isListed(path, dev === true))
    .map(([path, { version = '?', license }]) => ({ name: path.replace(/^.*node_modules\//, ''), version, license }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** Whether an SPDX expression can be met with allowed licences: one side of an OR, both sides of an AND. */
export function isAllowed(expression: string | undefined): boolean {
  const tokens = expression?.match(/[()]|[^\s()]+/g) ?? []
  let position = 0
  const accept = (token: string) => tokens[position] === token && ++position > 0

  // AND binds more tightly than OR (SPDX 2.3, annex D).
  function either(): boolean {
    let result = both()
    while (accept('OR')) result = both() || result
    return result
  }
  function both(): boolean {
    let result = single()
    while (accept('AND')) result = single() && result
    return result
  }
  function single(): boolean {
    if (accept('(')) {
      const result = either()
      return accept(')') && result
    }
    return allowed.has(tokens[position++] ?? '')
  }

  return either() && position === tokens.length
}
