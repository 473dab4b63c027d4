import { useEffect, useState } from 'preact/hooks'
import { toCoverage, toCoverageFilter } from '../certificate-coverage.ts'
import type { CertificateDetail } from '../certificate-effect.ts'
import { toCertificatesHref } from '../certificate-query.ts'
import { Card } from '../components/card.tsx'
import { CertificateEffect } from '../components/certificate-effect.tsx'
import { CertificateHistory } from '../components/certificate-history.tsx'
import { MalformedId, MissingCertificate } from '../components/certificate-missing.tsx'
import { CertificateSkeleton } from '../components/certificate-skeleton.tsx'
import { CertificateSummary } from '../components/certificate-summary.tsx'
import { ConnectionNotice } from '../components/connection-notice.tsx'
import { CopyButton } from '../components/copy-button.tsx'
import { Deployments } from '../components/deployments.tsx'
import { Elsewhere } from '../components/elsewhere.tsx'
import { Facts, TextFact } from '../components/facts.tsx'
import { Notice } from '../components/notice.tsx'
import { Projects } from '../components/projects.tsx'
import { ErrorState } from '../components/state.tsx'
import { X509Details } from '../components/x509-details.tsx'
import { formatDate } from '../format.ts'
import {
  CertificateCoverageDocument,
  CertificateDocument,
  CertificateProjectsDocument,
  EnrollmentDocument,
  X509Document,
} from '../generated/graphql.ts'
import { toPersistedDocument } from '../persisted-document.ts'
import { useAnswer } from '../use-answer.ts'
import { type HistoryAnswer, useHistory } from '../use-history.ts'
import { useLoaded } from '../use-loaded.ts'
import { toPlaceName } from '../vocabulary.ts'

const certificateDocument = toPersistedDocument(CertificateDocument)
const coverageDocument = toPersistedDocument(CertificateCoverageDocument)
const projectsDocument = toPersistedDocument(CertificateProjectsDocument)
const enrollmentDocument = toPersistedDocument(EnrollmentDocument)
const x509Document = toPersistedDocument(X509Document)

/** One certificate: what it is, what depends on it, and what happened to it. */
export function CertificateView({ id }: { readonly id: string }) {
  const answer = useAnswer({ query: certificateDocument, variables: { id } })
  // A certificate that vanished while the page shows it is missing from then on.
  const certificate = answer.isMissing ? null : (answer.data?.certificate ?? null)
  const isMalformed = answer.error?.graphQLErrors[0]?.extensions['code'] === 'BAD_USER_INPUT'
  const hasSettled = certificate !== null || answer.isMissing || answer.error !== null
  const history = useHistory(id, toHistoryPlaces(certificate), !hasSettled || isMalformed)
  useLookFurther(history, answer.isMissing)
  const name = certificate?.name ?? history.history?.changes.find(({ certificateId }) => certificateId === id)?.name
  const heading = certificate ? (name ?? 'Unnamed certificate') : (name ?? 'Certificate')
  useEffect(() => {
    document.title = `${heading} · certgraph`
  }, [heading])
  return (
    <>
      <div class="detail-head">
        <div class="copied">
          <h1 tabIndex={-1}>{hasSettled ? heading : <span class="skeleton">{heading}</span>}</h1>
          {certificate?.name ? <CopyButton text={certificate.name} what="the name" /> : null}
        </div>
        <p class="muted">
          {certificate ? (
            <a href={toCertificatesHref({ conditions: { placeIds: [certificate.place.id] } })}>
              {toPlaceName(certificate.place)}
            </a>
          ) : (
            '\u00a0'
          )}
        </p>
      </div>
      <ConnectionNotice answer={answer} />
      {certificate ? (
        <Detail key="detail" certificate={certificate} history={history} />
      ) : isMalformed ? (
        <MalformedId key="malformed" detail={answer.error?.graphQLErrors[0]?.message ?? ''} />
      ) : answer.isMissing ? (
        <div class="stack" key="missing">
          <MissingCertificate answer={history} />
          {history.history?.changes.length ? <CertificateHistory id={id} answer={history} /> : null}
        </div>
      ) : answer.error ? (
        <div class="stack" key="error">
          <ErrorState error={answer.error} onRetry={answer.refresh} />
          <CertificateHistory id={id} answer={history} />
        </div>
      ) : (
        <CertificateSkeleton key="skeleton" />
      )}
    </>
  )
}

/** The places whose changes may be about it. A certificate of an organization is also in the lists of its projects. */
function toHistoryPlaces(certificate: CertificateDetail | null): readonly string[] | null {
  if (certificate === null || certificate.__typename === 'OpenAICertificate') return null
  return [certificate.place.id]
}

/** Looks through older changes for a certificate that is missing: its end may be long ago. */
function useLookFurther({ history, lookFurther }: HistoryAnswer, isMissing: boolean): void {
  const isWanted = isMissing && history !== null && history.changes.length === 0 && history.next !== null
  useEffect(() => {
    if (isWanted) lookFurther()
  }, [isWanted])
}

interface DetailProps {
  readonly certificate: CertificateDetail
  readonly history: HistoryAnswer
}

function Detail({ certificate, history }: DetailProps) {
  const { __typename: typename, id, parseIssues } = certificate
  const isAkamai = typename === 'AkamaiCertificate'
  const isOpenAI = typename === 'OpenAICertificate'
  const [wantsX509, setWantsX509] = useState(false)
  const coverage = useLoaded({ query: coverageDocument, variables: { filter: toCoverageFilter(certificate) } })
  const enrollment = useLoaded({ query: enrollmentDocument, variables: { id }, pause: !isAkamai })
  const projects = useLoaded({ query: projectsDocument, variables: { id }, pause: !isOpenAI })
  const x509 = useLoaded({ query: x509Document, variables: { id }, pause: !wantsX509 })
  const more = enrollment.data?.certificate
  const read = x509.data?.certificate?.sha256Fingerprint
  return (
    <div class="detail">
      <CertificateSummary
        certificate={certificate}
        coverage={coverage.isFetching && !coverage.data ? 'loading' : toCoverage(coverage.data?.certificates, id)}
        renewalStart={more?.__typename === 'AkamaiCertificate' ? more.enrollment.autoRenewalStartTime : null}
      />
      {parseIssues.length === 0 ? null : (
        <Notice tone="warning">
          <strong>Part of what the vendor reports could not be read:</strong>
          <ul>
            {parseIssues.map((issue) => (
              <li key={issue}>{issue}</li>
            ))}
          </ul>
        </Notice>
      )}
      <div class="columns main">
        <div class="stack">
          <CertificateEffect certificate={certificate} projects={projects.data?.certificate} />
          {isAkamai ? <Deployments certificate={certificate} enrollment={enrollment} /> : null}
          {isOpenAI ? <Projects isActive={certificate.active} projects={projects} /> : null}
          <X509Details typename={typename} isWanted={wantsX509} onWant={() => setWantsX509(true)} details={x509} />
        </div>
        <div class="stack">
          <Identity certificate={certificate} />
          <Elsewhere
            id={id}
            typename={typename}
            fingerprint={isAkamai ? certificate.sha256Fingerprint : x509.isFetching ? undefined : read}
          />
          <CertificateHistory id={id} answer={history} />
        </div>
      </div>
    </div>
  )
}

/** The names under which the vendor and this API have the certificate. */
function Identity({ certificate }: { readonly certificate: CertificateDetail }) {
  const { id, createdAt } = certificate
  return (
    <Card title="Identity">
      <div class="body">
        <Facts>
          {certificate.__typename === 'AkamaiCertificate' ? (
            <>
              <TextFact name="Account" value={certificate.contract.account.label} />
              <TextFact name="Contract" value={certificate.place.vendorId} copied="the id of the contract" />
              <TextFact name="Serial number" value={certificate.serialNumber} copied="the serial number" />
              <TextFact name="SHA-256" value={certificate.sha256Fingerprint} copied="the fingerprint" />
            </>
          ) : null}
          {certificate.__typename === 'OpenAICertificate' ? (
            <>
              <TextFact name="Id at OpenAI" value={certificate.certificateId} copied="the id at OpenAI" />
              <TextFact name="Organization" value={certificate.place.vendorId} copied="the id of the organization" />
            </>
          ) : null}
          {certificate.__typename === 'LivePersonCertificate' ? (
            <>
              <TextFact name="Id at LivePerson" value={certificate.certificateId} copied="the id at LivePerson" />
              <TextFact name="Account" value={certificate.place.vendorId} copied="the id of the account" />
              <TextFact name="Display name" value={certificate.displayName} />
              <TextFact name="Status" value={certificate.vendorStatus} />
              <TextFact name="Deleted" value={certificate.deleted} />
            </>
          ) : null}
          {createdAt === null ? null : <TextFact name="Uploaded" value={formatDate(Date.parse(createdAt))} />}
          <TextFact name="Id in certgraph" value={id} copied="the id" />
        </Facts>
      </div>
    </Card>
  )
}
