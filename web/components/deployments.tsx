import type { CertificateDetail } from '../certificate-effect.ts'
import { formatCount } from '../format.ts'
import { toListText } from '../list-text.ts'
import { Card } from './card.tsx'
import { Facts, TextFact } from './facts.tsx'

type AkamaiDetail = Extract<CertificateDetail, { __typename: 'AkamaiCertificate' }>

interface DeploymentsProps {
  readonly certificate: AkamaiDetail
}

const networks = { PRODUCTION: 'Production', STAGING: 'Staging' }
const roles = { PRIMARY: 'primary certificate', MULTI_STACKED: 'additional certificate with another kind of key' }

/** Where a certificate of Akamai is deployed and with which settings. */
export function Deployments({ certificate: { deployments } }: DeploymentsProps) {
  return (
    <Card name="deployments" title="Deployments" note={formatCount(deployments.length, 'deployment')}>
      {deployments.length === 0 ? <p class="empty">It is not deployed on any network.</p> : null}
      {deployments.map((deployment) => (
        <section class="body line" key={deployment.network + deployment.role}>
          <h3>
            {networks[deployment.network]} <span class="muted">{roles[deployment.role]}</span>
          </h3>
          <div class="wide-facts">
            <Facts>
              <TextFact name="Network" value={deployment.secureNetwork} />
              <TextFact name="Geography" value={deployment.geography} />
              <TextFact name="SNI only" value={deployment.sniOnly} />
              <TextFact name="QUIC" value={deployment.quicEnabled} />
              <TextFact name="OCSP stapling" value={deployment.ocspStapling} />
              <TextFact name="TLS refused" value={toListText(deployment.disallowedTlsVersions)} />
            </Facts>
          </div>
        </section>
      ))}
    </Card>
  )
}
