import type { Answer, Call } from '../../../sandbox/call.ts'
import { refuse } from './problem.ts'

/** A version has to be named exactly, and is what is answered then. */
export const mediaTypes = {
  /** The second version, which is the first one with an issuer and the FIPS mode. */
  activeCertificates: 'application/vnd.akamai.cps.active-certificates.v2+json',
  enrollments: 'application/vnd.akamai.cps.enrollments.v11+json',
  deployment: 'application/vnd.akamai.cps.deployment.v8+json',
} as const

/** The refusal of a call that names no version, or another one. */
export function refuseUnlessAccepts(call: Call, mediaType: string): Answer | undefined {
  if (call.headers.accept === mediaType) return undefined
  return refuse(call, 406, 'not-acceptable', 'Not acceptable', `Accept has to be ${mediaType}.`)
}
