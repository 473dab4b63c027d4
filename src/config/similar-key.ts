/** Finds the known key that is most like an unknown one; undefined when none is alike. */
export function findSimilarKey(key: string, known: readonly string[]): string | undefined {
  const plain = toPlain(key)
  const maxEdits = Math.max(1, Math.floor(plain.length / 3))
  const [nearest] = known
    .map((name) => ({ name, edits: countEdits(plain, toPlain(name)) }))
    .filter(({ edits }) => edits <= maxEdits)
    .toSorted((a, b) => a.edits - b.edits)
  return nearest?.name
}

/** Other spellings of one name are equal: `admin_key`, `admin-key` and `adminKey`. */
function toPlain(key: string): string {
  return key.toLowerCase().replaceAll(/[_-]/g, '')
}

/**
 * The number of letters that are inserted, removed, replaced, or exchanged with the next one (optimal string alignment
 * distance). Keys are short.
 */
function countEdits(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)]
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY
  for (let row = 1; row <= from.length; row += 1) {
    rows.push([row])
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1]
      const isExchanged = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      rows[row]?.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + (isSame ? 0 : 1),
          isExchanged ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
  }
  return at(from.length, to.length)
}
