import type { Answer } from '../../../sandbox/call.ts'
import { mediaTypes } from './accept.ts'
import type { DeployedCertificate, Enrollment } from './state.ts'

/** What one network holds of an enrollment, in PEM. */
export function answerDeployment(
  { network: asked, ...enrollment }: Enrollment,
  network: 'production' | 'staging',
): Answer {
  const deployment = enrollment[network]
  const settings = deployment?.network ?? asked
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
