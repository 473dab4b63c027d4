/**
 * Lists the packages that `npm ci --omit=dev` installs with their licences, and fails for a licence that is not on the
 * list of `isAllowed`, or for a package without one. `npm run licenses` checks this project, `-- <folder>` another one.
 */
import { readFileSync } from 'node:fs'
import { argv, exit, stdout } from 'node:process'
import { isAllowed, listRuntimePackages } from './licenses.ts'

const [folder = '.'] = argv.slice(2)
const lock: unknown = JSON.parse(readFileSync(`${folder}/package-lock.json`, 'utf8'))
const packages = listRuntimePackages(lock)
const refused = packages.filter(({ license }) => !isAllowed(license))
for (const { name, version, license } of packages) {
  stdout.write(`${isAllowed(license) ? 'ok     ' : 'REFUSED'} ${name}@${version}: ${license ?? 'no licence'}\n`)
}
stdout.write(`${packages.length} runtime packages, ${refused.length} with a licence that is not allowed\n`)
exit(refused.length > 0 ? 1 : 0)
