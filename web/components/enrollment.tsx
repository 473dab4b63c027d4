import type { CertificateDetail } from '../certificate-effect.ts'
import { formatDate } from '../format.ts'
import type { EnrollmentQuery } from '../generated/graphql.ts'
import { toListText } from '../list-text.ts'
import type { Loaded } from '../use-loaded.ts'
import { Card } from './card.tsx'
import { Fact, Facts, TextFact } from './facts.tsx'
import { LoadedNote } from './loaded-note.tsx'
import { PartProblem } from './part-problem.tsx'

interface EnrollmentProps {
  readonly certificate: Extract<CertificateDetail, { __typename: 'AkamaiCertificate' }>
  readonly enrollment: Loaded<EnrollmentQuery>
}

/** What comes with the list of the enrollments. */
const loaded = ['Authority', 'Validation', 'Automatic renewal']

/** The request that a certificate of Akamai was issued for, and its renewal. */
export function Enrollment({ certificate: { enrollment }, enrollment: part }: EnrollmentProps) {
  const { data, error, reload } = part
  const more = data?.certificate
  const dates = more?.__typename === 'AkamaiCertificate' ? more.enrollment : null
  const start = dates?.autoRenewalStartTime ?? null
  return (
    <Card title="Enrollment" note={<LoadedNote part={part} />}>
      <div class="body">
        <Facts>
          <TextFact name="Id at Akamai" value={enrollment.enrollmentId} copied="the id of the enrollment" />
          <TextFact name="Type" value={enrollment.certificateType} />
          <TextFact
            name="Pending changes"
            value={toListText(enrollment.pendingChanges.map(({ changeType }) => changeType ?? 'unknown'))}
          />
          {dates === null && error === null
            ? loaded.map((name) => (
                <Fact key={name} name={name}>
                  <span class="skeleton" />
                </Fact>
              ))
            : null}
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
        {error === null ? null : <PartProblem error={error} what="Part of the enrollment" onRetry={reload} />}
      </div>
    </Card>
  )
}
