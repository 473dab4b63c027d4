import { Card } from './card.tsx'

const cells = ['Expires', 'Status', 'Owner', 'In force', 'Renewal', 'Read']

/** A certificate while its first answer is loaded. */
export function CertificateSkeleton() {
  return (
    <div class="detail" aria-busy="true">
      <dl class="summary card">
        {cells.map((name) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <span class="skeleton" />
            </dd>
          </div>
        ))}
      </dl>
      <SkeletonColumns />
    </div>
  )
}

/** The parts below the summary: they appear together, so that no part moves another one. */
export const SkeletonColumns = () => (
  <div class="columns main">
    <div class="stack">
      <Card title="What stops working when it expires">
        <div class="body space" />
      </Card>
    </div>
    <div class="stack">
      <Card title="Identity">
        <div class="body space" />
      </Card>
    </div>
  </div>
)
