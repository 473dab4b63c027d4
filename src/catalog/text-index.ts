import { type TimeSlice, visitWeighed } from '../time-slice.ts'
import { fold, weighNames } from './spelling.ts'

/** UTF-16 code units of a block. Searching it for the longest text of a filter takes few milliseconds at worst. */
const blockLength = 32_768
/** Separates the texts of a block. A row with a text that has it is in a block of its own. */
const separator = '\0'

interface Block<Row> {
  readonly text: string
  /** The rows, and where the texts of each begin. */
  readonly rows: readonly Row[]
  readonly starts: readonly number[]
  /** The texts of its only row, if one of them has the separator; absent else. */
  readonly apart?: readonly string[]
}

/** The texts of rows in the form for comparison. They are joined, because searching one long text is faster. */
export class TextIndex<Row> {
  readonly #blocks: readonly Block<Row>[]

  private constructor(blocks: readonly Block<Row>[]) {
    this.#blocks = blocks
  }

  static async create<Row>(
    rows: readonly Row[],
    timeSlice: TimeSlice,
    textsOf: (row: Row) => readonly string[],
  ): Promise<TextIndex<Row>> {
    const blocks: Block<Row>[] = []
    let block = createBlock<Row>()
    let texts: readonly string[] = []
    const weigh = (row: Row) => {
      texts = textsOf(row)
      return weighNames(texts)
    }
    await visitWeighed(rows, timeSlice, weigh, (row) => {
      if (texts.length === 0) return
      const folded = texts.map(fold)
      const isApart = folded.some((text) => text.includes(separator))
      if (!isApart) block.add(row, folded.join(separator))
      if (!isApart && block.length < blockLength) return
      blocks.push(block.end())
      if (isApart) blocks.push({ text: '', rows: [row], starts: [0], apart: folded })
      block = createBlock()
    })
    blocks.push(block.end())
    return new TextIndex(blocks)
  }

  /** The rows with a text that contains this part, each once. They are found at once when the slice lasts. */
  find(part: string, timeSlice: TimeSlice): readonly Row[] | Promise<readonly Row[]> {
    return this.#findFrom(0, fold(part), [], timeSlice)
  }

  /** Adds the rows of the blocks from this one on. */
  #findFrom(
    first: number,
    wanted: string,
    found: Row[],
    timeSlice: TimeSlice,
  ): readonly Row[] | Promise<readonly Row[]> {
    for (let index = first; index < this.#blocks.length; index += 1) {
      if (timeSlice.isOver()) return timeSlice.next().then(() => this.#findFrom(index, wanted, found, timeSlice))
      addFound(this.#blocks[index] as Block<Row>, wanted, found)
    }
    return found
  }
}

function addFound<Row>({ text, rows, starts, apart }: Block<Row>, wanted: string, found: Row[]): void {
  if (apart?.some((each) => each.includes(wanted))) found.push(rows[0] as Row)
  if (apart || wanted.includes(separator)) return
  for (let index = 0, at = text.indexOf(wanted); index < rows.length && at !== -1; ) {
    while (index + 1 < rows.length && (starts[index + 1] as number) <= at) index += 1
    found.push(rows[index] as Row)
    index += 1
    at = index < rows.length ? text.indexOf(wanted, starts[index]) : -1
  }
}

function createBlock<Row>() {
  const texts: string[] = []
  const rows: Row[] = []
  const starts: number[] = []
  let length = 0
  return {
    get length() {
      return length
    },
    add(row: Row, text: string) {
      rows.push(row)
      starts.push(length)
      texts.push(text)
      length += text.length + separator.length
    },
    end: (): Block<Row> => ({ text: texts.join(separator), rows, starts }),
  }
}
