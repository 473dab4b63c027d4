import { Card } from '../components/card.tsx'
import { Tiles } from '../components/tiles.tsx'

const loading = { state: 'loading' } as const

/** The overview while its first answer is loaded, in the size that it is going to have. */
export function OverviewSkeleton() {
  return (
    <div class="overview" aria-busy="true">
      <Tiles statistics={null} uncovered={loading} unowned={loading} />
      <div class="columns wide">
        <Card title="Expiries by month" note="24 months, UTC">
          <div class="timeline-space" />
        </Card>
        <Card title="Vendors">
          <SkeletonRows count={3} />
        </Card>
      </div>
      <div class="columns">
        <Card title="Next to expire">
          <SkeletonRows count={6} />
        </Card>
        <Card title="Recent changes">
          <SkeletonRows count={6} />
        </Card>
      </div>
    </div>
  )
}

function SkeletonRows({ count }: { readonly count: number }) {
  return (
    <ul class="rows" aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        <li key={index}>
          <span class="skeleton" />
        </li>
      ))}
    </ul>
  )
}
