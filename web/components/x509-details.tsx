import { formatExactTime } from '../format.ts'
import type { X509Query } from '../generated/graphql.ts'
import type { Loaded } from '../use-loaded.ts'
import { toWeaknessName } from '../vocabulary.ts'
import { Card } from './card.tsx'
import { Mark } from './certificate-cells.tsx'
import { Fact, Facts, TextFact } from './facts.tsx'
import { NameList } from './name-list.tsx'
import { PartProblem } from './part-problem.tsx'

interface X509DetailsProps {
  readonly typename: string
  readonly isWanted: boolean
  readonly onWant: () => void
  readonly details: Loaded<X509Query>
}

const costs: Readonly<Record<string, string>> = {
  AkamaiCertificate:
    'Reading them costs one call at Akamai for each network, of the 35 that it allows per minute. The result is kept.',
  OpenAICertificate: 'Reading them costs one call at OpenAI. The result is kept.',
}

/** The contents of the certificate, read when the reader wants them. */
export function X509Details({
  typename,
  isWanted,
  onWant,
  details: { data, isFetching, error, reload },
}: X509DetailsProps) {
  const x509 = data?.certificate
  if (typename === 'LivePersonCertificate')
    return (
      <Card title="X.509 details">
        <p class="empty">LivePerson does not return the certificate: its contents are not known.</p>
      </Card>
    )
  return (
    <Card title="X.509 details">
      <div class="body" aria-busy={isFetching}>
        {isWanted && !isFetching ? null : (
          <>
            <p class="muted">{costs[typename] ?? 'Reading them costs a call at the vendor.'}</p>
            <p>
              <button type="button" class="button" onClick={onWant} aria-disabled={isFetching}>
                {isFetching ? 'Reading…' : 'Read the X.509 details'}
              </button>
            </p>
          </>
        )}
        {error === null || isFetching ? null : (
          <PartProblem error={error} what={x509 ? 'Part of the details' : 'The details'} onRetry={reload} />
        )}
        {x509 && !isFetching ? <Contents x509={x509} /> : null}
      </div>
    </Card>
  )
}

function Contents({ x509 }: { readonly x509: NonNullable<X509Query['certificate']> }) {
  const { weaknesses, weaknessesChecked, subjectAltNames, x509Issues } = x509
  const key = [x509.keyAlgorithm, x509.keySize === null ? null : `${x509.keySize} bits`]
  return (
    <>
      <Facts>
        <TextFact name="Subject" value={x509.subject} />
        <TextFact name="Issuer" value={x509.issuer} />
        <TextFact name="Valid from" value={toDate(x509.validFrom)} />
        <TextFact name="Valid until" value={toDate(x509.expiresAt)} />
        <TextFact name="Serial number" value={x509.serialNumber} copied="the serial number" />
        <TextFact name="SHA-256" value={x509.sha256Fingerprint} copied="the fingerprint" />
        <TextFact name="Key" value={key.filter((part) => part !== null).join(', ')} />
        <TextFact name="Signature" value={x509.signatureAlgorithm} />
        {'isCA' in x509 ? <TextFact name="CA certificate" value={x509.isCA} /> : null}
        <Fact name="Weaknesses">
          <Weaknesses found={weaknesses} checked={weaknessesChecked} />
        </Fact>
        <Fact name="Alternative names">
          {subjectAltNames === null ? (
            <span class="muted">Not reported</span>
          ) : subjectAltNames.length === 0 ? (
            'None'
          ) : (
            <NameList names={subjectAltNames} />
          )}
        </Fact>
      </Facts>
      {x509Issues === null || x509Issues.length === 0 ? null : (
        <p>
          <strong>Could not be parsed:</strong> {x509Issues.join('; ')}
        </p>
      )}
    </>
  )
}

type WeaknessList = NonNullable<X509Query['certificate']>['weaknesses']

/** No weakness is good news about those that were checked only. */
function Weaknesses({ found, checked }: { readonly found: WeaknessList; readonly checked: WeaknessList }) {
  if (found === null || checked === null || checked.length === 0) return <span class="muted">Not checked</span>
  if (found.length === 0)
    return (
      <>
        <Mark tone="ok" icon="check" text="None found" />
        <small>Checked: {checked.map(toWeaknessName).join('; ')}</small>
      </>
    )
  return (
    <ul>
      {found.map((weakness) => (
        <li key={weakness}>
          <Mark tone="critical" icon="critical" text={toWeaknessName(weakness)} />
        </li>
      ))}
    </ul>
  )
}

const toDate = (text: string | null): string | null => (text === null ? null : formatExactTime(Date.parse(text)))
