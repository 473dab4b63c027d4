/**
 * Lists the packages that `npm ci --omit=dev` installs, and those that are bundled with the page, with their licences. Fails
 * for a licence that is not on the list of `isAllowed`, or for a package without one. `npm run licenses` checks this
 * project, `-- <folder>` another one.
 */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { argv, exit, stdout } from 'node:process'
import { build } from 'esbuild'
import { isAllowed, listBundledPackages, listRuntimePackages } from './licenses.ts'

const [folder = '.'] = argv.slice(2)
const lock: unknown = JSON.parse(readFileSync(`${folder}/package-lock.json`, 'utf8'))
const bundled = listBundledPackages(lock, await listBundledFiles())
const packages = [...listRuntimePackages(lock), ...bundled]
const counted = `${packages.length - bundled.length} runtime packages${bundled.length > 0 ? ` and ${bundled.length} in the page` : ''}`
const refused = packages.filter(({ license }) => !isAllowed(license))
for (const { name, version, license } of packages) {
  stdout.write(`${isAllowed(license) ? 'ok     ' : 'REFUSED'} ${name}@${version}: ${license ?? 'no licence'}\n`)
}
stdout.write(`${counted}, ${refused.length} with a licence that is not allowed\n`)
exit(refused.length > 0 ? 1 : 0)

async function listBundledFiles(): Promise<readonly string[]> {
  const absWorkingDir = resolve(folder)
  if (!existsSync(resolve(folder, 'web/main.tsx'))) return []
  const { metafile } = await build({
    entryPoints: ['web/main.tsx'],
    absWorkingDir,
    outdir: 'dist',
    bundle: true,
    splitting: true,
    format: 'esm',
    write: false,
    metafile: true,
  })
  return Object.keys(metafile.inputs)
}
