import type { Answer } from '../../../sandbox/call.ts'
import { mediaTypes } from './accept.ts'
import type { Contract, DeployedCertificate, Deployment, Enrollment } from './state.ts'

/** The text of each row that was asked for: a contract may have thousands, and they rarely change. */
const texts = new WeakMap<Enrollment, string>()

export function answerActiveCertificates({ enrollments }: Contract): Answer {
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

/** Everything but the PEM. */
function summarized({ pem: _, trustChain: __, ...summary }: DeployedCertificate) {
  return summary
}
