import type { Operation } from '../../operation.ts'
import { visitInSlices } from '../../time-slice.ts'
import type { Reading } from '../../upstream/cache/reading.ts'
import { isReadingFailure, UpstreamError } from '../../upstream/error.ts'
import type { Place, Renewals } from '../place.ts'
import { settleReading } from '../source.ts'
import type { WireEnrollmentDetails, WirePendingChange } from './wire.ts'
import type { WireNetworkSettings } from './wire-network.ts'

/** The members of an enrollment that the list of active certificates does not have. */
export interface AkamaiEnrollmentDetails {
  readonly registrationAuthority: string | null
  readonly validationType: string | null
  /** Milliseconds since the epoch. */
  readonly autoRenewalStartTime: number | null
  readonly networkConfiguration: AkamaiNetworkConfiguration | null
  /** The members that could not be read, and are null for that reason. */
  readonly issues: readonly string[]
}

/** How the certificates of an enrollment are to be served. */
export interface AkamaiNetworkConfiguration extends WireNetworkSettings {
  readonly mustHaveCiphers: string | null
  readonly preferredCiphers: string | null
  readonly cloneDnsNames: boolean | null
  readonly dnsNames: readonly string[] | null
  readonly clientMutualAuthentication: AkamaiClientMutualAuthentication | null
}

export interface AkamaiClientMutualAuthentication {
  readonly setId: string | null
  readonly ocspEnabled: boolean | null
  readonly sendCaListToClient: boolean | null
}

/** The enrollments of a contract, by the vendor's id as text. */
export interface AkamaiEnrollmentList {
  readonly details: ReadonlyMap<string, AkamaiEnrollmentDetails>
  readonly unreadableRows: number
}

/** The rows of enrollments, as a list. */
export function toEnrollmentList(rows: readonly WireEnrollmentDetails[], unreadableRows: number): AkamaiEnrollmentList {
  return { details: new Map(rows.map((row) => [row.id, toEnrollmentDetails(row)])), unreadableRows }
}

/** Finds an enrollment of a contract; null when there is none. @throws UpstreamError when it may be in an unreadable row */
export function findDetails(
  { details, unreadableRows }: AkamaiEnrollmentList,
  contract: Place,
  enrollmentId: string,
): AkamaiEnrollmentDetails | null {
  const found = details.get(enrollmentId)
  if (found || unreadableRows === 0) return found ?? null
  const problem = `enrollment ${enrollmentId} is not among those of ${contract.vendorId} that could be read`
  throw new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', problem).at(contract)
}

/** When the automatic renewal starts; null when there is none. @throws UpstreamError when the date cannot be read */
export function renewalStartOf(details: AkamaiEnrollmentDetails | null, contract: Place): number | null {
  const issue = details?.issues.find((each) => each.startsWith('autoRenewalStartTime'))
  if (issue !== undefined) throw new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', issue).at(contract)
  return details?.autoRenewalStartTime ?? null
}

export function toEnrollmentDetails({
  ra,
  networkConfiguration,
  ...row
}: WireEnrollmentDetails): AkamaiEnrollmentDetails {
  return {
    registrationAuthority: ra,
    validationType: row.validationType,
    autoRenewalStartTime: row.autoRenewalStartTime,
    networkConfiguration: networkConfiguration && toNetworkConfiguration(networkConfiguration),
    issues: row.issues,
  }
}

function toNetworkConfiguration({
  dnsNameSettings,
  clientMutualAuthentication: authentication,
  ...settings
}: NonNullable<WireEnrollmentDetails['networkConfiguration']>): AkamaiNetworkConfiguration {
  return {
    ...settings,
    ...dnsNameSettings,
    clientMutualAuthentication: authentication && {
      setId: authentication.setId,
      ocspEnabled: authentication.authenticationOptions.ocsp.enabled,
      sendCaListToClient: authentication.authenticationOptions.sendCaListToClient,
    },
  }
}

/** The members of a deployed certificate that its renewal depends on. */
interface RenewableCertificate {
  readonly id: string
  readonly expiresAt: number | null
  readonly enrollment: { readonly enrollmentId: string; readonly pendingChanges: readonly WirePendingChange[] | null }
}

/** Changes that replace the deployed certificate. */
const replacingChanges: ReadonlySet<string | null> = new Set(['new-certificate', 'renewal'])

/**
 * Which certificates of a contract are being replaced, or will be renewed before they expire. The enrollments are read
 * only for certificates without such a change that have not expired: an expired one was not renewed in time.
 */
export async function findRenewals(
  contract: Place,
  operation: Operation,
  certificates: readonly RenewableCertificate[],
  readEnrollments: () => Promise<Reading<AkamaiEnrollmentList>>,
): Promise<Renewals> {
  const { timeSlice, now } = operation
  const covered = new Set<string>()
  const unknown = new Map<string, string>()
  const open: RenewableCertificate[] = []
  await visitInSlices(certificates, timeSlice, (certificate) => {
    if (isBeingReplaced(certificate)) covered.add(certificate.id)
    else if ((certificate.expiresAt ?? 0) > now) open.push(certificate)
  })
  if (open.length === 0) return { covered, unknown, sources: [] }

  const { reading, source } = await settleReading(contract, 'ENROLLMENTS', readEnrollments())
  await visitInSlices(open, timeSlice, ({ id, expiresAt, enrollment }) => {
    try {
      if (!reading) throw source.error
      const details = findDetails(reading.value, contract, enrollment.enrollmentId)
      const start = renewalStartOf(details, contract)
      if (start !== null && expiresAt !== null && start < expiresAt) covered.add(id)
      else if (enrollment.pendingChanges === null)
        unknown.set(id, `the pending changes of enrollment ${enrollment.enrollmentId} could not be read`)
    } catch (error) {
      if (!isReadingFailure(error)) throw error
      unknown.set(id, error.message)
    }
  })
  return { covered, unknown, sources: [source] }
}

/**
 * Whether a certificate is being replaced, or will be renewed before it expires, as the last lists show; null when they do not.
 */
export function findLastRenewal(
  certificate: RenewableCertificate,
  now: number,
  list: AkamaiEnrollmentList | null,
): boolean | null {
  if (isBeingReplaced(certificate)) return true
  const { expiresAt, enrollment } = certificate
  if (expiresAt !== null && expiresAt <= now) return false
  const details = list?.details.get(enrollment.enrollmentId)
  const start = details?.autoRenewalStartTime ?? null
  if (start !== null && expiresAt !== null && start < expiresAt) return true
  const isKnown = details?.issues.every((issue) => !issue.startsWith('autoRenewalStartTime'))
  return isKnown && enrollment.pendingChanges !== null ? false : null
}

function isBeingReplaced({ enrollment }: RenewableCertificate): boolean {
  return enrollment.pendingChanges?.some(({ changeType }) => replacingChanges.has(changeType)) ?? false
}
