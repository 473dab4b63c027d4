import { toKeyAlgorithm } from '../../catalog/spelling.ts'
import { parseX509, type X509Details } from '../../catalog/x509.ts'
import type { TimeSlice } from '../../time-slice.ts'
import { UpstreamError } from '../../upstream/error.ts'
import type { AkamaiDeployment, ListedX509 } from './slots.ts'
import type { WireDeployedCertificate, WireDeployment } from './wire-network.ts'

/** A deployed certificate. It is kept only as long as the operation. */
export interface AkamaiPem {
  readonly pem: string
  readonly trustChain: string | null
  readonly details: X509Details
}

/** The members of a listed certificate by which its PEM is found. */
export interface ListedCertificate {
  readonly id: string
  readonly expiresAt: number | null
  readonly x509: ListedX509
  readonly deployments: readonly AkamaiDeployment[]
  readonly enrollment: { readonly id: string; readonly enrollmentId: string }
}

interface DeployedCertificate extends AkamaiPem {
  readonly role: AkamaiDeployment['role']
  /** The one that Akamai names. */
  readonly keyAlgorithm: string | null
}

/** The deployed certificates of an enrollment on one network. */
export interface AkamaiDeployed {
  readonly certificates: readonly DeployedCertificate[]
  /** The number of entries that are not X.509 certificates. */
  readonly unreadable: number
}

/** Parses up to 101 certificates, in slices. */
export async function toDeployed(
  { primaryCertificate, multiStackedCertificates, unreadable }: WireDeployment,
  timeSlice: TimeSlice,
): Promise<AkamaiDeployed> {
  const certificates: DeployedCertificate[] = []
  let lost = unreadable
  const add = async (
    role: AkamaiDeployment['role'],
    { certificate: pem, trustChain, keyAlgorithm }: WireDeployedCertificate,
  ) => {
    if (pem === null) return
    if (timeSlice.isOver()) await timeSlice.next()
    try {
      certificates.push({
        pem,
        trustChain,
        details: parseX509(pem),
        role,
        keyAlgorithm: keyAlgorithm && toKeyAlgorithm(keyAlgorithm),
      })
    } catch {
      lost += 1
    }
  }
  if (primaryCertificate) await add('PRIMARY', primaryCertificate)
  for (const each of multiStackedCertificates) await add('MULTI_STACKED', each)
  return { certificates, unreadable: lost }
}

/** The network whose deployment has the PEM. */
export function networkOf({ deployments }: Pick<ListedCertificate, 'deployments'>): AkamaiDeployment['network'] {
  return deployments.some(({ network }) => network === 'PRODUCTION') ? 'PRODUCTION' : 'STAGING'
}

/**
 * Finds the PEM of a certificate in its deployment.
 * @throws UpstreamError when the deployment has changed and no longer has this certificate
 */
export function pemOf(certificate: ListedCertificate, { certificates, unreadable }: AkamaiDeployed): AkamaiPem {
  const [found, ...others] = certificates.filter((each) => isSame(certificate, each))
  const isOne = others.every(({ details }) => details.sha256Fingerprint === found?.details.sha256Fingerprint)
  if (found && isOne) return found
  const where = `the ${networkOf(certificate).toLowerCase()} deployment of enrollment ${certificate.enrollment.enrollmentId}`
  throw unreadable > 0
    ? new UpstreamError('UPSTREAM_MALFORMED_RESPONSE', `${where} has in it what is no X.509 certificate in PEM`)
    : new UpstreamError('UPSTREAM_NOT_FOUND', `${where} has no PEM of this certificate: it may have changed since`)
}

function isSame(certificate: ListedCertificate, { role, details, keyAlgorithm }: DeployedCertificate): boolean {
  const { x509, expiresAt, deployments } = certificate
  if (x509.sha256Fingerprint !== null) return details.sha256Fingerprint === x509.sha256Fingerprint
  if (x509.keyAlgorithm !== null && ![keyAlgorithm, details.keyAlgorithm].includes(x509.keyAlgorithm)) return false
  if (x509.serialNumber !== null) return details.serialNumber === x509.serialNumber
  // Identified by its slot only: the certificate there must have the expiry that the list gave.
  const network = networkOf(certificate)
  const isThere = deployments.some((deployment) => deployment.network === network && deployment.role === role)
  return isThere && (expiresAt === null || details.expiresAt === expiresAt)
}
