import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stdout } from 'node:process'
import { parseJson } from '../../src/upstream/exact-json.ts'
import type { Documents } from './documents.ts'
import type { Check, VendorSpecs } from './vendor-specs.ts'

let faults = 0

/** Prints the result of one check. */
export function report(what: string, problem: string | undefined): void {
  if (problem) faults += 1
  stdout.write(`${problem ? 'FAULT' : 'ok   '} ${what}${problem ? `: ${problem}` : ''}\n`)
}

/** Prints the summary and returns the exit code. */
export function conclude(): number {
  stdout.write(faults > 0 ? `${faults} checks failed\n` : 'all checks passed\n')
  return faults > 0 ? 1 : 0
}

export function createCheck(documents: Documents, { parsers }: Pick<VendorSpecs, 'parsers'>): Check {
  return async (what, document, path, status, call) => {
    const response = await call
    const text = await response.text()
    // A validator of schemas knows no bigint.
    const body: unknown = JSON.parse(text)
    const type = response.headers.get('content-type') ?? ''
    const pointer = ['paths', path, 'get', 'responses', String(status), 'content', type, 'schema']
    const fault =
      response.status === status ? documents.faultOf(body, document, pointer) : `returned ${response.status}`
    report(`${document} ${status} ${what}`, fault)
    if (status === 200) report(`${document} parsed ${what}`, faultOfParser(parsers[path], parseJson(text)))
  }
}

/** Returns what a parser cannot read in a body, or undefined. */
function faultOfParser(parse: VendorSpecs['parsers'][string] | undefined, body: unknown): string | undefined {
  if (!parse) return 'no parser'
  try {
    parse(body)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

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
    const body = parseJson(await readFile(join(recorded, file), 'utf8'))
    report(`parsed ${file}`, faultOfParser(specs.parsers[path], body))
  }
}
