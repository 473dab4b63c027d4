import type { ChangesQuery } from '../generated/graphql.ts'
import { toCertificatePath } from '../routes.ts'
import { expiryStatuses, toPlaceKind, toVendorName } from '../vocabulary.ts'
import { CertificateLink } from './certificate-link.tsx'
import { ChangeBadge } from './change-badge.tsx'
import { Age, DateText, RelativeTime } from './time.tsx'
import { ViewTable } from './view-table.tsx'

type Change = NonNullable<ChangesQuery['certificateChanges']>['nodes'][number]

interface ChangeTableProps {
  /** Null while the first answer is loaded. */
  readonly changes: readonly Change[] | null
  readonly isBusy: boolean
}

const columns = ['Change', 'Certificate', 'Place', 'When', 'Expires', 'Details']

/** The changes, newest first. */
export const ChangeTable = ({ changes, isBusy }: ChangeTableProps) => (
  <ViewTable name="changes" caption="Changes" columns={columns} isBusy={isBusy} skeletonRows={20}>
    {changes?.map((change) => <ChangeCells key={change.id} change={change} />) ?? null}
  </ViewTable>
)

function ChangeCells({ change }: { readonly change: Change }) {
  const { at, name, certificateId, expiresAt, place } = change
  return (
    <tr>
      <td data-label="Change">
        <ChangeBadge change={change} />
      </td>
      <th scope="row">
        <CertificateLink id={certificateId} name={name} />
      </th>
      <td data-label="Place">
        <span>{place.label}</span>
        <small>
          {toVendorName(place.provider)} {toPlaceKind(place)}
        </small>
      </td>
      <td data-label="When">
        <Age at={at} />
        <small>
          <DateText at={at} />
        </small>
      </td>
      <td data-label="Expires">
        {expiresAt === null ? (
          <span class="muted">Unknown</span>
        ) : (
          <>
            <DateText at={expiresAt} />
            <small>
              <RelativeTime at={expiresAt} />
            </small>
          </>
        )}
      </td>
      <td data-label="Details">
        <ChangeDetails change={change} />
      </td>
    </tr>
  )
}

interface ChangeDetailsProps {
  readonly change: Pick<Change, 'expiryStatus' | 'replacesId' | 'actor'>
}

/** What is known beyond the kind of a change. */
export function ChangeDetails({ change: { expiryStatus, replacesId, actor } }: ChangeDetailsProps) {
  return (
    <>
      {expiryStatus === null ? null : <span>Status became {expiryStatuses[expiryStatus].word.toLowerCase()}</span>}
      {replacesId === null ? null : (
        <span>
          Replaces <a href={toCertificatePath(replacesId)}>the earlier certificate</a>
        </span>
      )}
      {actor === null ? null : <span>By {actor}</span>}
    </>
  )
}
