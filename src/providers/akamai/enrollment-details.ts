import type { Rows } from '../../upstream/cache/reading.ts'
import { UpstreamError } from '../../upstream/error.ts'
import { parseRows } from '../shape.ts'
import type { AkamaiContract } from './places.ts'
import { enrollmentDetailsShape, type WireEnrollmentDetails } from './wire.ts'
import type { WireNetworkSettings } from './wire-network.ts'

/** What the list of enrollments tells that the list of active certificates does not. */
export interface AkamaiEnrollmentDetails {
  readonly registrationAuthority: string | null
  readonly validationType: string | null
  /** Milliseconds since the epoch. */
  readonly autoRenewalStartTime: number | null
  readonly networkConfiguration: AkamaiNetworkConfiguration | null
  /** What could not be read, and is null for that. */
  readonly issues: readonly string[]
}

/** How certificates of an enrollment are to be served. */
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
export function toEnrollmentList(rows: Rows): AkamaiEnrollmentList {
  const { items, unreadable } = parseRows(rows, enrollmentDetailsShape)
  return { details: new Map(items.map((row) => [row.id, toEnrollmentDetails(row)])), unreadableRows: unreadable }
}

/** What a contract's list tells of one of its enrollments; null when it does not list it. @throws UpstreamError when it may */
export function findDetails(
  { details, unreadableRows }: AkamaiEnrollmentList,
  contract: AkamaiContract,
  enrollmentId: string,
): AkamaiEnrollmentDetails | null {
  const found = details.get(enrollmentId)
  if (found || unreadableRows === 0) return found ?? null
  const problem = `enrollment ${enrollmentId} is not among those of ${contract.vendorId} that could be read`
  throw new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', problem).at(contract)
}

/** When its certificate will be renewed; null when not by itself. @throws UpstreamError when that cannot be read */
export function renewalStartOf(details: AkamaiEnrollmentDetails | null, contract: AkamaiContract): number | null {
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
