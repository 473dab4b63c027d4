/**
 * Are the emulators and the parsers true to what the vendors publish? `npm run specs:check -- <folder>` holds the
 * answers of the three emulators against the OpenAPI documents in that folder, what we send when we write, the clients'
 * parsers against those answers and the documents' examples, and the signatures against known ones. Prints a line for
 * each; exits 1 when one is at fault.
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
