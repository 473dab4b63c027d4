import { Buffer } from 'node:buffer'
import { setImmediate } from 'node:timers/promises'
import type { ExecutionResult } from 'graphql'
import { RawJson } from '../encoded-lists.ts'
import type { TimeSlice } from '../time-slice.ts'
import { RequestError } from './request-error.ts'

/** The slices of time that the conversion takes. */
type Slices = Pick<TimeSlice, 'isOver' | 'next'>

/** Characters of a part that is converted at once. */
const maxPart = 65_536
/** Characters of a number, a boolean or null, roughly. */
const assumedLength = 8
/** Characters around the name of a field and after its value. */
const punctuation = 4
/** Bytes of an error besides its message, which is cut later. */
const errorLength = 300
const maxMessageLength = 500

/** Yoga converts the result with `stringify`. */
type PrintedResult = ExecutionResult & { stringify?: (result: ExecutionResult) => string }

/**
 * Converts the data of a large result to JSON, in parts, so that neither the conversion nor a data set that is too large
 * stops other work, and that of a result with parts that are JSON already. A small result is left to Yoga. The result of an
 * answer over the limit is an error.
 */
export async function printAnswer(result: ExecutionResult, limit: number, slice: Slices): Promise<PrintedResult> {
  const { data, errors = [] } = result
  // An escaped character takes up to six bytes.
  const room = Math.min(maxPart, limit / 8)
  const left = errors.length * (errorLength + maxMessageLength) < room ? measure(data, room) : -1
  if (left >= 0 && !hasJson(data)) return result
  const ofErrors = errors.reduce(
    (sum, { message }) => sum + errorLength + Math.min(message.length, maxMessageLength),
    0,
  )
  const printer = new Printer(limit - ofErrors, slice)
  try {
    if (left >= 0) printer.printAtOnce(data)
    else await printer.print(data)
  } catch (error) {
    if (error instanceof RangeError && printer.isFull) return toLargeAnswer(limit)
    throw error
  }
  const { parts } = printer
  // The objects are released: the text is sent later.
  return { ...result, data: {}, stringify: (whole) => withData(parts, whole) }
}

/**
 * The same for a mutation that was executed. It is answered whatever its size, also when its deadline has passed: it was
 * refused before if it could be over the limit.
 */
export function printMutationAnswer(result: ExecutionResult, slice: Slices): Promise<PrintedResult> {
  return printAnswer(result, Number.POSITIVE_INFINITY, {
    isOver: () => slice.isOver(),
    next: () => slice.next().catch(() => setImmediate()),
  })
}

/** The answer when another one is larger than the limit. */
export function toLargeAnswer(limit: number, message = 'The answer is larger than'): ExecutionResult {
  const error = new RequestError(
    'QUERY_TOO_LARGE',
    `${message} ${limit} bytes, the limit; select less, or fewer rows per page.`,
    {
      status: 200,
      measured: { limit },
    },
  )
  return { data: null, errors: [error] }
}

/** The members are in their order in the result, as in any other answer. The text is made once, from all parts. */
function withData(data: readonly string[], result: PrintedResult): string {
  const { stringify, ...members } = result
  const parts: string[] = []
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined) continue
    parts.push(`${parts.length === 0 ? '{' : ','}${JSON.stringify(name)}:`)
    if (name === 'data') for (const part of data) parts.push(part)
    else parts.push(JSON.stringify(value))
  }
  parts.push('}')
  return parts.join('')
}

/** Whether a part of a short value is JSON already. */
function hasJson(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (value instanceof RawJson) return true
  for (const name in value) if (hasJson(value[name as keyof typeof value])) return true
  return false
}

/** What is left of the room beside the JSON of a value, roughly, or less than zero. What is JSON already takes no time. */
function measure(value: unknown, room: number): number {
  if (typeof value === 'string') return room - value.length
  if (typeof value !== 'object' || value === null) return room - assumedLength
  if (value instanceof RawJson) return room - assumedLength
  let left = room - assumedLength
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && left >= 0; index += 1) left = measure(value[index], left - 1)
    return left
  }
  for (const name in value) {
    if (left < 0) break
    left = measure(value[name as keyof typeof value], left - name.length - punctuation)
  }
  return left
}

class Printer {
  readonly #limit: number
  readonly #slice: Slices
  readonly parts: string[] = []
  /** Characters, of which each takes at most three bytes. */
  #characters = 0
  #bytes = 0
  /** The parts whose bytes are counted. */
  #counted = 0

  constructor(limit: number, slice: Slices) {
    this.#limit = limit
    this.#slice = slice
  }

  /** Bytes are counted only when there may be too many: that takes as long as to write them. */
  get isFull(): boolean {
    if (3 * this.#characters <= this.#limit) return false
    for (; this.#counted < this.parts.length; this.#counted += 1) {
      this.#bytes += Buffer.byteLength(this.parts[this.#counted] ?? '')
    }
    return this.#bytes > this.#limit
  }

  /** @throws RangeError when the text is longer than the limit */
  async print(value: unknown): Promise<void> {
    if (this.#slice.isOver()) await this.#slice.next()
    if (value instanceof RawJson) this.#add(value.text)
    else if (!isTree(value) || (measure(value, maxPart) >= 0 && !hasJson(value))) {
      if (typeof value === 'string') await this.#printText(value)
      else this.#add(JSON.stringify(value) ?? 'null')
    } else if (Array.isArray(value)) {
      await this.#printMembers(
        '[',
        value.map((item) => ['', item] as const),
        ']',
      )
    } else {
      const members = Object.entries(value).filter(([, member]) => member !== undefined)
      await this.#printMembers(
        '{',
        members.map(([name, member]) => [`${JSON.stringify(name)}:`, member] as const),
        '}',
      )
    }
  }

  /** A short value, without a look at the time. @throws RangeError as `print` */
  printAtOnce(value: unknown): void {
    if (value instanceof RawJson) this.#add(value.text)
    else if (!isTree(value)) this.#add(JSON.stringify(value) ?? 'null')
    else if (Array.isArray(value)) {
      let before = '['
      for (const item of value) {
        this.#add(before)
        before = ','
        this.printAtOnce(item)
      }
      this.#add(before === '[' ? '[]' : ']')
    } else {
      const members = value as Readonly<Record<string, unknown>>
      let before = '{'
      for (const name in members) {
        const member = members[name]
        if (member === undefined) continue
        this.#add(`${before}${JSON.stringify(name)}:`)
        before = ','
        this.printAtOnce(member)
      }
      this.#add(before === '{' ? '{}' : '}')
    }
  }

  async #printMembers(open: string, members: readonly (readonly [string, unknown])[], close: string): Promise<void> {
    let before = open
    for (const [name, member] of members) {
      this.#add(`${before}${name}`)
      before = ','
      await this.print(member)
    }
    this.#add(members.length === 0 ? `${open}${close}` : close)
  }

  /** A pair of surrogates that is cut in two is escaped, which is the same text in JSON. */
  async #printText(text: string): Promise<void> {
    this.#add('"')
    for (let start = 0; start < text.length; start += maxPart) {
      if (this.#slice.isOver()) await this.#slice.next()
      this.#add(JSON.stringify(text.slice(start, start + maxPart)).slice(1, -1))
    }
    this.#add('"')
  }

  #add(part: string): void {
    this.#characters += part.length
    this.parts.push(part)
    if (this.isFull) throw new RangeError('the answer is larger than the limit')
  }
}

/** Whether a value is a list or an object of fields. A scalar may convert itself, such as a date. */
function isTree(value: unknown): value is readonly unknown[] | Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !('toJSON' in value && typeof value.toJSON === 'function')
}
