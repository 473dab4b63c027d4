import type { Documents } from './documents.ts'
import { report } from './report.ts'
import type { Check, VendorSpecs } from './vendor-specs.ts'

export function createCheck(documents: Documents, { parsers }: Pick<VendorSpecs, 'parsers'>): Check {
  return async (what, document, path, status, call) => {
    const response = await call
    const body: unknown = await response.json()
    const type = response.headers.get('content-type') ?? ''
    const pointer = ['paths', path, 'get', 'responses', String(status), 'content', type, 'schema']
    const fault =
      response.status === status ? documents.faultOf(body, document, pointer) : `returned ${response.status}`
    report(`${document} ${status} ${what}`, fault)
    if (status === 200) report(`${document} parsed ${what}`, faultOfParser(parsers[path], body))
  }
}

/** Returns what a parser cannot read in a body, or undefined. */
export function faultOfParser(parse: VendorSpecs['parsers'][string] | undefined, body: unknown): string | undefined {
  if (!parse) return 'no parser'
  try {
    parse(body)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
