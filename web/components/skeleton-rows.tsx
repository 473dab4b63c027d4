interface SkeletonRowsProps {
  readonly rows: number
  readonly columns: number
}

/** The rows of a table before its first answer. */
export function SkeletonRows({ rows, columns }: SkeletonRowsProps) {
  return (
    <>
      {Array.from({ length: rows }, (_, row) => (
        <tr key={row}>
          {Array.from({ length: columns }, (__, column) => (
            <td key={column}>
              <span class="skeleton" />
            </td>
          ))}
        </tr>
      ))}
    </>
  )
}
