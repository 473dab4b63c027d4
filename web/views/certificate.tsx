import { useEffect } from 'preact/hooks'
import { toCoverage, toCoverageFilter } from '../certificate-coverage.ts'
import type { CertificateDetail } from '../certificate-effect.ts'
import { toCertificateName, toShortText, toVisibleName } from '../certificate-name.ts'
import { toCertificatesHref } from '../certificate-query.ts'
import { Card } from '../components/card.tsx'
import { CertificateEffect } from '../components/certificate-effect.tsx'
import { CertificateHistory } from '../components/certificate-history.tsx'
import { MalformedId, MissingCertificate } from '../components/certificate-missing.tsx'
import { CertificateSkeleton, SkeletonColumns } from '../components/certificate-skeleton.tsx'
import { CertificateSummary } from '../components/certificate-summary.tsx'
import { ConnectionNotice } from '../components/connection-notice.tsx'
import { CopyButton } from '../components/copy-button.tsx'
import { Deployments } from '../components/deployments.tsx'
import { Elsewhere } from '../components/elsewhere.tsx'
import { Enrollment } from '../components/enrollment.tsx'
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
  type CertificateProjectsQuery,
  EnrollmentDocument,
  X509Document,
} from '../generated/graphql.ts'
import { toPersistedDocument } from '../persisted-document.ts'
import { navigate, usePlace } from '../router.ts'
import { useAnswer } from '../use-answer.ts'
import { type HistoryAnswer, useHistory } from '../use-history.ts'
import { type Loaded, useLoaded } from '../use-loaded.ts'
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
  const projects = useLoaded({
    query: projectsDocument,
    variables: { id },
    pause: certificate?.__typename !== 'OpenAICertificate',
    follows: answer.receivedAt,
  })
  const placeIds = toHistoryPlaces(certificate, projects)
  const history = useHistory(id, placeIds ?? null, !hasSettled || isMalformed || placeIds === undefined)
  useLookFurther(history, answer.isMissing)
  const name = certificate?.name ?? history.history?.changes.find(({ certificateId }) => certificateId === id)?.name
  const heading = certificate ? toCertificateName(name, id) : (toVisibleName(name) ?? 'Certificate')
  useEffect(() => {
    document.title = `${toShortText(heading)} · certgraph`
  }, [heading])
  return (
    <>
      <div class="detail-head">
        <div class="copied">
          <h1 tabIndex={-1} title={heading}>
            {hasSettled ? heading : <span class="skeleton">{heading}</span>}
          </h1>
          {certificate?.name ? <CopyButton text={certificate.name} what="the name" /> : null}
        </div>
        {/* Another element than the space before it: a heading of two lines moves nothing. */}
        <p class="muted" key={certificate ? 'place' : 'space'} hidden={hasSettled && certificate === null}>
          {certificate ? (
            <a href={toCertificatesHref({ conditions: { placeIds: [certificate.place.id] } })}>
              {toPlaceName(certificate.place)}
            </a>
          ) : (
            '\u00a0'
          )}
        </p>
      </div>
      {answer.isMissing ? null : <ConnectionNotice answer={answer} />}
      {certificate ? (
        <Detail
          key="detail"
          certificate={certificate}
          receivedAt={answer.receivedAt}
          history={history}
          projects={projects}
        />
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

/**
 * The places whose changes may be about it: all of them when its place is not known. The projects of an organization have a list of their
 * own. Undefined while they are loaded.
 */
function toHistoryPlaces(
  certificate: CertificateDetail | null,
  { data, isFetching }: Loaded<CertificateProjectsQuery>,
): readonly string[] | null | undefined {
  if (certificate === null) return null
  const { place } = certificate
  if (certificate.__typename !== 'OpenAICertificate') return [place.id]
  if (data === null && isFetching) return undefined
  const all = data?.certificate?.__typename === 'OpenAICertificate' ? data.certificate.all : null
  return [place.id, ...(all?.nodes.map((project) => project.id) ?? [])]
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
  readonly receivedAt: number | null
  readonly history: HistoryAnswer
  readonly projects: Loaded<CertificateProjectsQuery>
}

function Detail({ certificate, receivedAt, history, projects }: DetailProps) {
  const { __typename: typename, id, parseIssues } = certificate
  const isAkamai = typename === 'AkamaiCertificate'
  const isOpenAI = typename === 'OpenAICertificate'
  const { path, search } = usePlace()
  // In the address, so that a reload and Back show the details again.
  const wantsX509 = new URLSearchParams(search).has('x509')
  const coverage = useAnswer({ query: coverageDocument, variables: { filter: toCoverageFilter(certificate) } })
  const enrollment = useLoaded({ query: enrollmentDocument, variables: { id }, pause: !isAkamai, follows: receivedAt })
  const x509 = useLoaded({ query: x509Document, variables: { id }, pause: !wantsX509 })
  const more = enrollment.data?.certificate
  const read = x509.data?.certificate?.sha256Fingerprint
  const elsewhere = (
    <Elsewhere
      id={id}
      typename={typename}
      follows={receivedAt}
      fingerprint={isAkamai ? certificate.sha256Fingerprint : x509.isFetching ? undefined : read}
    />
  )
  return (
    <div class="detail">
      <CertificateSummary
        certificate={certificate}
        coverage={
          coverage.data === null && coverage.error === null ? 'loading' : toCoverage(coverage.data?.certificates, id)
        }
        automaticFrom={more?.__typename === 'AkamaiCertificate' ? more.enrollment.autoRenewalStartTime : null}
      />
      {parseIssues.length === 0 ? null : (
        <Notice tone="warning">
          <strong>Part of what the vendor reports could not be read:</strong>
          <ul>
            {parseIssues.map((issue) => (
              <Issue key={issue} text={issue} />
            ))}
          </ul>
        </Notice>
      )}
      {isOpenAI && projects.data === null && projects.error === null ? (
        <SkeletonColumns />
      ) : (
        <>
          <div class="columns main">
            <div class="stack">
              <CertificateEffect
                certificate={certificate}
                projects={projects.data?.certificate ?? (projects.error === null ? undefined : null)}
              />
              {isAkamai ? <Deployments certificate={certificate} /> : null}
              {isOpenAI ? <Projects isActive={certificate.active} projects={projects} /> : null}
            </div>
            <div class="stack">
              <Identity certificate={certificate} />
              {isAkamai ? <Enrollment certificate={certificate} enrollment={enrollment} /> : null}
              {isOpenAI ? null : elsewhere}
            </div>
          </div>
          <CertificateHistory id={id} answer={history} />
          {/* Nothing is below what is read later, so that nothing moves. */}
          {history.history === null && history.error === null ? null : (
            <X509Details
              typename={typename}
              isWanted={wantsX509}
              onWant={() => navigate(`${path}?x509`, { replace: true })}
              details={x509}
            />
          )}
        </>
      )}
    </div>
  )
}

/** A problem with a part of the vendor's row: the name of the part, and what is wrong with it. */
function Issue({ text }: { readonly text: string }) {
  const [, part, problem] = /^([^\s:]+): (.+)$/s.exec(text) ?? []
  return part === undefined ? (
    <li>{text}</li>
  ) : (
    <li>
      <code>{part}</code> {problem}
    </li>
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
