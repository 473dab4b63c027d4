import {
  enrollmentDetailsShape,
  enrollmentShape,
  parseAccountSwitchKeys,
  parseContractIdentifiers,
  parseEnrollments,
} from '../../src/providers/akamai/wire.ts'
import { parseDeployment } from '../../src/providers/akamai/wire-network.ts'
import {
  certificateShape as livePersonCertificateShape,
  parseCertificates,
} from '../../src/providers/liveperson/wire.ts'
import { certificateShape, parsePage, projectShape } from '../../src/providers/openai/wire.ts'
import { parseJson } from '../../src/upstream/exact-json.ts'

type Parse = (body: unknown) => void

/** Parses a row. Every row of a published body must be parsed without issues. */
type ParseRow = (row: unknown) => { readonly issues?: readonly string[]; readonly id?: string } | null

function whole(rows: readonly unknown[], parseRow: ParseRow): void {
  for (const row of rows) {
    const parsed = parseRow(row)
    if (!parsed) throw new Error(`unreadable: ${JSON.stringify(row)}`)
    if (parsed.issues && parsed.issues.length > 0) throw new Error(parsed.issues.join(', '))
  }
}

const deployment: Parse = (body) => {
  const { primaryCertificate, multiStackedCertificates, unreadable } = parseDeployment(body)
  const isWhole = [primaryCertificate, ...multiStackedCertificates].every((slot) => slot === null || slot.certificate)
  if (unreadable > 0 || !isWhole) throw new Error('a slot without its certificate')
}
const certificates: Parse = (body) => whole(parsePage(body).data, certificateShape.parse)
const identifier: ParseRow = (row) => (typeof row === 'string' ? {} : null)

/** The clients' parsers by the path of the API. */
export const parsers: Readonly<Record<string, Parse>> = {
  '/organization/certificates': certificates,
  '/organization/certificates/{certificate_id}': (body) => whole([body], certificateShape.parse),
  '/organization/projects': (body) => whole(parsePage(body).data, projectShape.parse),
  '/organization/projects/{project_id}': (body) => whole([body], projectShape.parse),
  '/organization/projects/{project_id}/certificates': certificates,
  '/active-certificates': (body) => whole(parseEnrollments(body), enrollmentShape.parse),
  '/enrollments': (body) => whole(parseEnrollments(body), enrollmentDetailsShape.parse),
  '/enrollments/{enrollmentId}/deployments/production': deployment,
  '/enrollments/{enrollmentId}/deployments/staging': deployment,
  '/api-clients/self/account-switch-keys': parseAccountSwitchKeys,
  '/contracts/identifiers': (body) => whole(parseContractIdentifiers(body), identifier),
  '/mtls/account/{accountId}/certificates': (body) =>
    whole(parseCertificates(parseJson(JSON.stringify(body))), livePersonCertificateShape.parse),
  '/mtls/account/{accountId}/certificates/{certificateId}': (body) => whole([body], livePersonCertificateShape.parse),
}

/** Returns what a parser cannot read in a body, or undefined. */
export function faultOfParser(path: string, body: unknown): string | undefined {
  const parse = parsers[path]
  if (!parse) return `no parser for ${path}`
  try {
    parse(body)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
