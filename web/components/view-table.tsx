import type { ComponentChildren } from 'preact'
import { SkeletonRows } from './skeleton-rows.tsx'

interface ViewTableProps {
  /** The class of its columns. */
  readonly name: string
  readonly caption: string
  readonly columns: readonly string[]
  readonly isBusy: boolean
  /** The rows that are shown while the first answer is loaded. */
  readonly skeletonRows: number
  /** Null while the first answer is loaded. */
  readonly children: ComponentChildren
}

/** The table of a view. On narrow screens each row is a card. */
export const ViewTable = ({ name, caption, columns, isBusy, skeletonRows, children }: ViewTableProps) => (
  <div class="card table-frame">
    <table class={`certificates ${name}`} aria-busy={isBusy}>
      <caption class="hidden">{caption}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column}>{column}</th>
          ))}
        </tr>
      </thead>
      <tbody>{children === null ? <SkeletonRows rows={skeletonRows} columns={columns.length} /> : children}</tbody>
    </table>
  </div>
)
