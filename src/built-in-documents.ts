import pageDocuments from '../web/generated/persisted-documents.json' with { type: 'json' }
import { checkOperations } from './check-operations.ts'
import { sha256Of } from './server/document-id.ts'

/** Documents that every server accepts by their SHA-256: those of the page, and those of the command line. */
export const builtInDocuments: ReadonlyMap<string, string> = new Map([
  ...Object.entries(pageDocuments),
  ...checkOperations.map((text) => [sha256Of(text), text] as const),
])
