import { parseX509, type X509Details } from '../../catalog/x509.ts'
import type { Operation } from '../../operation.ts'
import { UpstreamError } from '../../upstream/error.ts'
import type { AkamaiDeployment } from './slots.ts'
import type { WireDeployedCertificate, WireDeployment } from './wire-network.ts'

/** A certificate as it is deployed. It is never kept beyond its operation. */
export interface AkamaiPem {
  readonly pem: string
  readonly trustChain: string | null
  readonly details: X509Details
}

/** A certificate of the list, as far as its PEM is found by it. */
export interface ListedCertificate {
  readonly id: string
  readonly expiresAt: number | null
  readonly x509: X509Details
  readonly deployments: readonly AkamaiDeployment[]
  readonly enrollment: { readonly id: string; readonly enrollmentId: string }
}

interface DeployedCertificate extends AkamaiPem {
  readonly role: AkamaiDeployment['role']
  /** The vendor's word. */
  readonly keyAlgorithm: string | null
}

/** What one network holds of an enrollment. */
export interface AkamaiDeployed {
  readonly certificates: readonly DeployedCertificate[]
  /** What stands there and is no X.509 certificate. */
  readonly unreadable: number
}

export function toDeployed({
  primaryCertificate,
  multiStackedCertificates,
  unreadable,
}: WireDeployment): AkamaiDeployed {
  const certificates: DeployedCertificate[] = []
  let lost = unreadable
  const add = (
    role: AkamaiDeployment['role'],
    { certificate: pem, trustChain, keyAlgorithm }: WireDeployedCertificate,
  ) => {
    if (pem === null) return
    try {
      certificates.push({ pem, trustChain, details: parseX509(pem), role, keyAlgorithm })
    } catch {
      lost += 1
    }
  }
  if (primaryCertificate) add('PRIMARY', primaryCertificate)
  for (const each of multiStackedCertificates) add('MULTI_STACKED', each)
  return { certificates, unreadable: lost }
}

/** Where its PEM is asked for. */
export function networkOf({ deployments }: Pick<ListedCertificate, 'deployments'>): AkamaiDeployment['network'] {
  return deployments.some(({ network }) => network === 'PRODUCTION') ? 'PRODUCTION' : 'STAGING'
}

/**
 * The PEM of a certificate, among those that stand in its deployment by now.
 * @throws UpstreamError when it does not stand there: another certificate's PEM is never taken for it
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
  // Known by its slot alone: whatever stands there now has to end when it was said to.
  const network = networkOf(certificate)
  const isThere = deployments.some((deployment) => deployment.network === network && deployment.role === role)
  return isThere && (expiresAt === null || details.expiresAt === expiresAt)
}

/** The PEMs that an operation has asked for. They are kept only as long as the operation. */
export class RequestedPems<Certificate extends ListedCertificate> {
  readonly #operations = new WeakMap<Operation, Map<string, Promise<AkamaiPem>>>()
  readonly #keyOf: (certificate: Certificate) => string
  readonly #load: (operation: Operation, certificate: Certificate) => Promise<AkamaiPem>

  constructor(
    keyOf: (certificate: Certificate) => string,
    load: (operation: Operation, certificate: Certificate) => Promise<AkamaiPem>,
  ) {
    this.#keyOf = keyOf
    this.#load = load
  }

  /** Requests a PEM. @throws UpstreamError */
  read(operation: Operation, certificate: Certificate): Promise<AkamaiPem> {
    const pem = this.requested(operation, certificate) ?? this.#load(operation, certificate)
    const pems = this.#operations.get(operation) ?? new Map<string, Promise<AkamaiPem>>()
    this.#operations.set(operation, pems.set(this.#keyOf(certificate), pem))
    return pem
  }

  /** The PEM, if the operation has requested it. */
  requested(operation: Operation, certificate: Certificate): Promise<AkamaiPem> | undefined {
    return this.#operations.get(operation)?.get(this.#keyOf(certificate))
  }
}
