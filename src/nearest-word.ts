/** Longer words are not compared: the comparison takes the product of both lengths. */
const maxLength = 40

/** The known word that a misspelled one is most likely meant to be; undefined when none is similar. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (word.length > maxLength) return undefined
  const plain = toPlain(word)
  const maxEdits = Math.max(1, Math.floor(plain.length / 3))
  const [nearest] = known
    .map((each) => ({ each, edits: countEdits(plain, toPlain(each)) }))
    .filter(({ edits }) => edits <= maxEdits)
    .toSorted((a, b) => a.edits - b.edits)
  return nearest?.each
}

/** Other spellings of one name are equal: `admin_key`, `admin-key` and `adminKey`. */
function toPlain(word: string): string {
  return word.toLowerCase().replaceAll(/[_-]/g, '')
}

/** The least number of letters to insert, remove, replace, or exchange with the next one (optimal string alignment). */
function countEdits(from: string, to: string): number {
  let beforeLast: readonly number[] = []
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= to.length; column += 1) {
      const isSame = from[row - 1] === to[column - 1]
      const isExchanged = row > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      current.push(
        Math.min(
          at(last, column) + 1,
          at(current, column - 1) + 1,
          at(last, column - 1) + (isSame ? 0 : 1),
          isExchanged ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    ;[beforeLast, last] = [last, current]
  }
  return at(last, to.length)
}

const at = (numbers: readonly number[], index: number): number => numbers[index] ?? Number.POSITIVE_INFINITY
