/** Aligns the cells of rows in columns. The first row is the header. */
export function toTable(
  rows: readonly (readonly string[])[],
  isNumber: (header: string) => boolean,
): readonly string[] {
  const [header = []] = rows
  const widths = header.map((_, column) => rows.reduce((width, row) => Math.max(width, row[column]?.length ?? 0), 0))
  const align = (cell: string, column: number) => {
    const width = widths[column] ?? 0
    return isNumber(header[column] ?? '') ? cell.padStart(width) : cell.padEnd(width)
  }
  return rows.map((row) => row.map(align).join('  ').trimEnd())
}
