import { type CertificateDetail, toEffect, toEffectTitle } from '../certificate-effect.ts'
import { formatNumber } from '../format.ts'
import type { CertificateProjectsQuery } from '../generated/graphql.ts'
import { Card } from './card.tsx'
import { NameList } from './name-list.tsx'

interface CertificateEffectProps {
  readonly certificate: CertificateDetail
  readonly projects: CertificateProjectsQuery['certificate'] | undefined
}

/** What stops working when the certificate expires. */
export function CertificateEffect({ certificate, projects }: CertificateEffectProps) {
  const effect = toEffect(certificate, projects)
  if (effect === null) return null
  const { sentence, counts, names } = effect
  return (
    <Card title={toEffectTitle(certificate.expiryStatus)}>
      <div class="body">
        <p>{sentence}</p>
        {counts.length === 0 ? null : (
          <ul class="counts">
            {counts.map(({ nouns: [one, other], count, href }) => (
              <li key={one}>
                <span class="number">
                  {count === 'loading' ? (
                    <span class="skeleton">0</span>
                  ) : count === 'unknown' ? (
                    'Unknown:'
                  ) : href === undefined || count === 0 ? (
                    formatNumber(count)
                  ) : (
                    <a href={href}>{formatNumber(count)}</a>
                  )}
                </span>{' '}
                {count === 1 ? one : other}
              </li>
            ))}
          </ul>
        )}
        {names.length === 0 ? null : <NameList names={names} />}
      </div>
    </Card>
  )
}
