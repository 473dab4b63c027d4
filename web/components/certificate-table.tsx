import type { ComponentChildren } from 'preact'
import { type CertificateQuery, type Order, toCertificatesHref } from '../certificate-query.ts'
import type { CertificateRow, CoverageOf } from '../certificate-row.ts'
import type { CertificateOrderField } from '../generated/graphql.ts'
import { CertificateCells } from './certificate-cells.tsx'
import { Icon } from './icon.tsx'

interface CertificateTableProps {
  readonly query: CertificateQuery
  /** Null while the first answer is loaded. */
  readonly rows: readonly CertificateRow[] | null
  readonly coverageOf: CoverageOf
  readonly isBusy: boolean
}

const skeletonRows = Array.from({ length: 20 }, (_, index) => index)

/** A page of certificates. On narrow screens each row is a card. */
export function CertificateTable({ query, rows, coverageOf, isBusy }: CertificateTableProps) {
  const hasUploads = query.order.field === 'CREATED_AT'
  const columns = [...cells, ...(hasUploads ? ['Uploaded'] : [])]
  return (
    <div class="card table-frame">
      <table class="certificates" aria-busy={isBusy}>
        <caption class="hidden">Certificates</caption>
        <thead>
          <tr>
            <Sorted query={query} field="NAME" name="name">
              Name
            </Sorted>
            <th class="vendor">Vendor</th>
            <Sorted query={query} field="PLACE" name="place">
              Place
            </Sorted>
            <th class="owner">Owner</th>
            <Sorted query={query} field="EXPIRES_AT" name="expires">
              Expires
            </Sorted>
            <th class="status">Status</th>
            <th class="in-force">In force</th>
            <th class="replaced">Renewal</th>
            <th class="read">Read</th>
            {hasUploads ? (
              <Sorted query={query} field="CREATED_AT" name="uploaded">
                Uploaded
              </Sorted>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {rows === null
            ? skeletonRows.map((row) => (
                <tr key={row}>
                  {columns.map((column) => (
                    <td key={column}>
                      <span class="skeleton" />
                    </td>
                  ))}
                </tr>
              ))
            : rows.map((row) => (
                <tr key={row.id}>
                  <CertificateCells row={row} coverage={coverageOf(row.id)} hasUploads={hasUploads} />
                </tr>
              ))}
        </tbody>
      </table>
    </div>
  )
}

const cells = ['Name', 'Vendor', 'Place', 'Owner', 'Expires', 'Status', 'In force', 'Renewal', 'Read']

interface SortedProps {
  readonly query: CertificateQuery
  readonly field: CertificateOrderField
  readonly name: string
  readonly children: ComponentChildren
}

/** The head of a column that the list can be ordered by. */
function Sorted({ query: { conditions, order }, field, name, children }: SortedProps) {
  const isPresent = order.field === field
  const isAscending = order.direction === 'ASC'
  const next: Order = { field, direction: isPresent && isAscending ? 'DESC' : 'ASC' }
  return (
    <th class={name} aria-sort={isPresent ? (isAscending ? 'ascending' : 'descending') : 'none'}>
      <a href={toCertificatesHref({ conditions, order: next })}>
        {children}
        {isPresent ? <Icon name={isAscending ? 'up' : 'down'} /> : null}
      </a>
    </th>
  )
}
