import type { CertificateDetail } from '../certificate-effect.ts'
import { formatCount, formatDate } from '../format.ts'
import type { EnrollmentQuery } from '../generated/graphql.ts'
import type { Loaded } from '../use-loaded.ts'
import { Card } from './card.tsx'
import { Facts, TextFact } from './facts.tsx'
import { PartProblem } from './part-problem.tsx'

type AkamaiDetail = Extract<CertificateDetail, { __typename: 'AkamaiCertificate' }>

interface DeploymentsProps {
  readonly certificate: AkamaiDetail
  readonly enrollment: Loaded<EnrollmentQuery>
}

const networks = { PRODUCTION: 'Production', STAGING: 'Staging' }
const roles = { PRIMARY: 'primary certificate', MULTI_STACKED: 'additional certificate with another kind of key' }

/** Where a certificate of Akamai is deployed and with which settings. */
export function Deployments({ certificate: { deployments, enrollment }, enrollment: loaded }: DeploymentsProps) {
  const more = loaded.data?.certificate
  const dates = more?.__typename === 'AkamaiCertificate' ? more.enrollment : null
  const start = dates?.autoRenewalStartTime ?? null
  return (
    <>
      <Card title="Deployments" note={formatCount(deployments.length, 'deployment')}>
        {deployments.length === 0 ? <p class="empty">It is not deployed on any network.</p> : null}
        {deployments.map((deployment) => (
          <section class="body line" key={deployment.network + deployment.role}>
            <h3>
              {networks[deployment.network]} <span class="muted">{roles[deployment.role]}</span>
            </h3>
            <Facts>
              <TextFact name="Network" value={deployment.secureNetwork} />
              <TextFact name="Geography" value={deployment.geography} />
              <TextFact name="SNI only" value={deployment.sniOnly} />
              <TextFact name="QUIC" value={deployment.quicEnabled} />
              <TextFact name="OCSP stapling" value={deployment.ocspStapling} />
              <TextFact name="TLS versions refused" value={toListText(deployment.disallowedTlsVersions)} />
              <TextFact name="Names" value={deployment.dnsNames?.length ?? null} />
            </Facts>
          </section>
        ))}
      </Card>
      <Card title="Enrollment">
        <div class="body">
          <Facts>
            <TextFact name="Enrollment" value={enrollment.enrollmentId} copied="the id of the enrollment" />
            <TextFact name="Type" value={enrollment.certificateType} />
            <TextFact
              name="Pending changes"
              value={toListText(enrollment.pendingChanges.map(({ changeType }) => changeType ?? 'unknown'))}
            />
            {dates === null ? null : (
              <>
                <TextFact name="Authority" value={dates.registrationAuthority} />
                <TextFact name="Validation" value={dates.validationType} />
                <TextFact
                  name="Automatic renewal"
                  value={start === null ? 'None' : `From ${formatDate(Date.parse(start))}`}
                />
              </>
            )}
          </Facts>
          {loaded.error === null ? null : (
            <PartProblem error={loaded.error} what="Part of the enrollment" onRetry={loaded.reload} />
          )}
        </div>
      </Card>
    </>
  )
}

const toListText = (values: readonly string[] | null): string | null =>
  values === null ? null : values.length === 0 ? 'None' : values.join(', ')
