import type { Documents, Vendor } from './documents.ts'
import { faultOfParser } from './parsers.ts'
import { report } from './report.ts'

/** Validates a response of an emulator with the document, and runs the client's parser on it. */
export type Check = (
  what: string,
  vendor: Vendor,
  path: string,
  status: number,
  call: Promise<Response>,
) => Promise<void>

export function createCheck(documents: Documents): Check {
  return async (what, vendor, path, status, call) => {
    const answer = await call
    const body: unknown = await answer.json()
    const type = answer.headers.get('content-type') ?? ''
    const pointer = ['paths', path, 'get', 'responses', String(status), 'content', type, 'schema']
    const fault = answer.status === status ? documents.faultOf(body, vendor, pointer) : `answered ${answer.status}`
    report(`${vendor} ${status} ${what}`, fault)
    if (status === 200) report(`${vendor} parsed ${what}`, faultOfParser(path, body))
  }
}
