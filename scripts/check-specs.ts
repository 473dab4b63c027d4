/**
 * Compares emulators and clients with the vendors' OpenAPI documents in a folder: `npm run specs:check -- <folder>`.
 * The checks of a vendor are in `specs/vendors/<key>.ts`.
 * It validates the emulators' responses and the bodies that mutations send, runs the clients' parsers on these responses
 * and on the examples of the documents, and verifies known signatures. Prints a line for each check; exits with 1 if
 * one fails.
 */
import { existsSync } from 'node:fs'
import { argv, exit, stdout } from 'node:process'
import { providers } from '../src/providers/list.ts'
import { checkExamples, conclude, createCheck } from './specs/check.ts'
import { readDocuments } from './specs/documents.ts'
import type { VendorSpecs } from './specs/vendor-specs.ts'

const [folder] = argv.slice(2)
if (!folder) {
  stdout.write('usage: check-specs <folder with the OpenAPI documents>\n')
  exit(2)
}

for (const vendor of Object.keys(providers)) {
  const file = new URL(`./specs/vendors/${vendor}.ts`, import.meta.url)
  if (!existsSync(file)) {
    stdout.write(`${vendor}: no documents to compare with\n`)
    continue
  }
  const { specs }: { specs: VendorSpecs } = await import(file.href)
  const documents = await readDocuments(folder, specs.documents)
  await specs.check({ folder, documents, check: createCheck(documents, specs) })
  await checkExamples(specs, documents, folder)
}
exit(conclude())
