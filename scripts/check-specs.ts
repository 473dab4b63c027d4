/**
 * Compares emulators and clients with the vendors' OpenAPI documents in a folder: `npm run specs:check -- <folder>`.
 * It validates the emulators' responses and the bodies that mutations send, runs the clients' parsers on these responses
 * and on the examples of the documents, and verifies known signatures. Prints a line for each check; exits with 1 if
 * one fails.
 */
import { argv, exit, stdout } from 'node:process'
import { checkAkamai } from './specs/akamai.ts'
import { createCheck } from './specs/check.ts'
import { readDocuments } from './specs/documents.ts'
import { checkSignatures } from './specs/edgegrid.ts'
import { checkExamples } from './specs/examples.ts'
import { checkLivePerson } from './specs/liveperson.ts'
import { checkOpenAI } from './specs/openai.ts'
import { checkOpenAIWrites } from './specs/openai-writes.ts'
import { conclude } from './specs/report.ts'

const [folder] = argv.slice(2)
if (!folder) {
  stdout.write('usage: check-specs <folder with the OpenAPI documents>\n')
  exit(2)
}

const documents = await readDocuments(folder)
const check = createCheck(documents)
await checkOpenAI(check, documents)
await checkOpenAIWrites(documents)
await checkAkamai(check)
await checkLivePerson(check)
await checkSignatures(folder)
await checkExamples(documents, folder)
exit(conclude())
