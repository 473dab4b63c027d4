import type { EmulatedResponse } from '../../../sandbox/call.ts'
import { mediaTypes } from './rejections.ts'
import type { Contract, DeployedCertificate, Deployment, Enrollment } from './state.ts'

/** The JSON of each row: a contract may have thousands of rows, and they rarely change. */
const texts = new WeakMap<Enrollment, string>()

export function respondActiveCertificates({ enrollments }: Contract): EmulatedResponse {
  const body = `{"enrollments":[${enrollments.map(textOf).join(',')}]}`
  return { status: 200, headers: { 'content-type': mediaTypes.activeCertificates }, body }
}

function textOf(enrollment: Enrollment): string {
  const text = texts.get(enrollment) ?? JSON.stringify(described(enrollment))
  texts.set(enrollment, text)
  return text
}

function described(enrollment: Enrollment) {
  const { id, certificateType, commonName, subjectAltNames, multiStacked, slots, pendingChanges } = enrollment
  const location = `/cps/v2/enrollments/${id}`
  return {
    id,
    location,
    certificateType,
    enableMultiStackedCertificates: multiStacked,
    csr: { cn: commonName, sans: subjectAltNames },
    pendingChanges:
      pendingChanges?.map(({ id, type }) => ({ changeType: type, location: `${location}/changes/${id}` })) ?? null,
    assignedSlots: slots,
    productionSlots: enrollment.production && slots,
    stagingSlots: enrollment.staging && slots,
    production: deployed(enrollment.production, `${location}/deployments/production`),
    staging: deployed(enrollment.staging, `${location}/deployments/staging`),
  }
}

function deployed(deployment: Deployment | null, location: string) {
  if (!deployment) return null
  const { primary, multiStacked, dnsNames, network } = deployment
  return {
    location,
    primaryCertificate: summarized(primary),
    multiStackedCertificates: multiStacked.map(summarized),
    networkConfiguration: { ...network, dnsNames },
  }
}

/** All members but the PEM. */
function summarized({ pem: _, trustChain: __, ...summary }: DeployedCertificate) {
  return summary
}

/** The certificates of an enrollment on one network, in PEM. */
export function respondDeployment(
  { network: requested, ...enrollment }: Enrollment,
  network: 'production' | 'staging',
): EmulatedResponse {
  const deployment = enrollment[network]
  const settings = deployment?.network ?? requested
  return {
    status: 200,
    headers: { 'content-type': mediaTypes.deployment },
    body: {
      primaryCertificate: deployment && inPem(deployment.primary),
      multiStackedCertificates: deployment?.multiStacked.map(inPem) ?? [],
      networkConfiguration: { ...settings, dnsNames: deployment?.dnsNames ?? [] },
      ocspStapled: settings.ocspStapling === 'on',
      ocspUris: null,
    },
  }
}

function inPem({ pem, trustChain, expiry, keyAlgorithm, signatureAlgorithm }: DeployedCertificate) {
  return { certificate: pem(), trustChain, expiry, keyAlgorithm, signatureAlgorithm }
}
