import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { faultOfParser } from './check.ts'
import type { Documents } from './documents.ts'
import { report } from './report.ts'
import type { VendorSpecs } from './vendor-specs.ts'

/** Runs a vendor's parsers on the examples in its documents and on the recorded bodies. */
export async function checkExamples(specs: VendorSpecs, documents: Documents, folder: string): Promise<void> {
  for (const [path, parse] of Object.entries(specs.parsers)) {
    for (const document of Object.keys(specs.documents)) {
      for (const example of documents.examplesOf(document, path)) {
        report(`${document} parsed the example of ${path}`, faultOfParser(parse, example))
      }
    }
  }
  const recorded = join(folder, '..', 'examples')
  if (!existsSync(recorded)) return
  for (const [file, path] of Object.entries(specs.examples)) {
    const body: unknown = JSON.parse(await readFile(join(recorded, file), 'utf8'))
    report(`parsed ${file}`, faultOfParser(specs.parsers[path], body))
  }
}
