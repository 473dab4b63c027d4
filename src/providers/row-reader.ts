import { isObject } from '../is-object.ts'
import { maxListLengths } from './list-lengths.ts'
import { ParseIssues } from './parse-issues.ts'
import { shareValues } from './shared-values.ts'

/**
 * Reads a row of a vendor's list, member by member. A member that is missing or null is null. A member that cannot be
 * parsed is null and noted in `issues`: one bad member must not hide a certificate.
 */
export class RowReader {
  readonly #row: Readonly<Record<string, unknown>>
  readonly #parent: RowReader | null
  /** The name of this object in its parent. */
  readonly #name: string
  #issues: ParseIssues | null = null

  constructor(row: Readonly<Record<string, unknown>>, parent: RowReader | null = null, name = '') {
    this.#row = row
    this.#parent = parent
    this.#name = name
  }

  /** The issues of the whole row. Rows without issues share one list. */
  get issues(): readonly string[] {
    return this.#parent ? this.#parent.issues : (this.#issues?.texts ?? none)
  }

  /** The unparsed value. */
  raw(field: string): unknown {
    return this.#row[field]
  }

  /** A vendor's id as text; null when there is none. */
  id(field: string): string | null {
    return parseId(this.#row[field])
  }

  text(field: string): string | null {
    const value = this.#row[field]
    return typeof value === 'string' ? value : this.#reject(field, 'a string')
  }

  /** A text; null when it is empty. */
  name(field: string): string | null {
    return this.text(field) || null
  }

  flag(field: string): boolean | null {
    const value = this.#row[field]
    return typeof value === 'boolean' ? value : this.#reject(field, 'true or false')
  }

  texts(field: string): readonly string[] | null {
    const values = this.list(field, maxListLengths.texts, 'a list of strings')
    // The list is kept as it is: a filtered copy has room for more items.
    if (values === null || values.every(isText)) return values
    this.note(field, 'a list of strings')
    return values.filter(isText)
  }

  /** The unparsed values of a list. Null when it is longer than the maximum: a part of a list would look like all of it. */
  list(field: string, maximum: number, expected = 'a list'): readonly unknown[] | null {
    const values: unknown = this.#row[field]
    if (!Array.isArray(values)) return this.#reject(field, expected)
    if (values.length <= maximum) return values
    this.note(field, `at most ${maximum} values, found ${values.length}`)
    return null
  }

  /** Unix seconds → milliseconds. Digits in a string are read as in `date`. */
  seconds(field: string): number | null {
    const value = this.#row[field]
    if (typeof value === 'number') return toDate(parseEpoch(value)) ?? this.#reject(field, 'Unix seconds')
    const date = typeof value === 'string' && /^\d+$/.test(value) ? toDate(parseDigits(value)) : null
    return date ?? this.#reject(field, 'Unix seconds')
  }

  /**
   * ISO 8601, `yyyy-MM-dd HH:mm:ss`, `yyyyMMdd`, `yyyyMMddHHmmss` or an epoch in 10 or 13 digits → milliseconds. Without a
   * zone it is UTC.
   */
  date(field: string): number | null {
    const value = this.#row[field]
    const date = typeof value === 'string' || typeof value === 'number' ? dateOf(String(value)) : null
    return date ?? this.#reject(field, 'a date')
  }

  object(field: string): RowReader {
    const value = this.#row[field]
    if (isObject(value)) return new RowReader(value, this, field)
    this.#reject(field, 'an object')
    return new RowReader(empty, this, field)
  }

  /** The objects of a list. Empty when the list is missing or null; null when it cannot be read. */
  objects(field: string): readonly RowReader[] | null {
    if (!this.has(field)) return []
    const values = this.list(field, maxListLengths.objects)
    if (values === null) return null
    return values.flatMap((value, index) => {
      const name = `${field}[${index}]`
      if (isObject(value)) return [new RowReader(value, this, name)]
      this.note(name, 'an object')
      return []
    })
  }

  has(field: string): boolean {
    return this.#row[field] !== undefined && this.#row[field] !== null
  }

  note(field: string, expected: string): void {
    if (this.#parent) {
      this.#parent.note(`${this.#name}.${field}`, expected)
    } else {
      this.#issues ??= new ParseIssues()
      this.#issues.add(`${field}: expected ${expected}`)
    }
  }

  /** Null, with a note unless the member is missing. */
  #reject(field: string, expected: string): null {
    if (this.has(field)) this.note(field, expected)
    return null
  }
}

const empty: Readonly<Record<string, unknown>> = {}
const none: readonly string[] = []

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

/** More than the ids of any vendor have. */
const maxIdLength = 512
const maxIdDigits = 40

/** A vendor's id as text. Some vendors write the same id as a number in one list and as a string in another. */
export function parseId(value: unknown): string | null {
  if (typeof value === 'string') return value !== '' && value.length <= maxLengthOf(value) ? value : null
  if (typeof value === 'bigint') return parseId(String(value))
  if (typeof value !== 'number' || !Number.isFinite(value)) return null
  // A larger integer in digits is a bigint. One with a point or an exponent was rounded, and would be another id.
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? null : String(value)
}

function maxLengthOf(id: string): number {
  return id.length <= maxIdLength && /^\d+$/.test(id) ? maxIdDigits : maxIdLength
}

/** RFC 3339 has years of four digits. */
const earliest = Date.parse('0001-01-01T00:00:00Z')
const latest = Date.parse('9999-12-31T23:59:59.999Z')

function toDate(milliseconds: number): number | null {
  return milliseconds >= earliest && milliseconds <= latest ? Math.trunc(milliseconds) : null
}

/** A certificate is often in several rows or slots, with the same date. */
const dateOf = shareValues((text) => toDate(parseDate(text)))

/** More characters than a date has in any of the formats. */
const maxDateLength = 100

/** What most vendors write. */
const commonDate = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?Z$/

function parseDate(text: string): number {
  if (text.length > maxDateLength) return Number.NaN
  if (commonDate.test(text)) return isCalendarDay(text.slice(0, 10)) ? Date.parse(text) : Number.NaN
  const trimmed = text.trim().toUpperCase()
  if (/^\d+$/.test(trimmed)) return parseDigits(trimmed)
  const date = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|[+-]\d{2}:?\d{2})?)?$/.exec(trimmed)
  if (!date) return Number.NaN
  const [, day = '', time = '00:00:00', zone = 'Z'] = date
  return isCalendarDay(day) ? Date.parse(`${day}T${time}${zone}`) : Number.NaN
}

/** No certificate has a date before X.509. */
const earliestYear = 1950

/** A certificate's dates are between these. Other epochs are some other number. */
const earliestEpoch = Date.UTC(2000, 0)
const latestEpoch = Date.UTC(2200, 0)

/** Nine digits are the years before 2001, in which some CA certificates begin. */
const earliestSeconds = 100_000_000

/** 9999-12-31T23:59:59Z: the certificate has no well-defined expiry (RFC 5280, 4.1.2.5). */
const noExpiry = Date.UTC(9999, 11, 31, 23, 59, 59)

/** Unix seconds, or milliseconds in 13 digits. Any other number is not a date. */
function parseEpoch(value: number): number {
  const epoch = value >= 1e12 ? value : value * 1000
  if (epoch === noExpiry) return epoch
  return value >= earliestSeconds && epoch < latestEpoch ? epoch : Number.NaN
}

/** Digits alone have one meaning for each length. Any other length is not a date. */
function parseDigits(digits: string): number {
  if (digits.length === 10 || digits.length === 13) {
    const epoch = Number(digits) * (digits.length === 10 ? 1000 : 1)
    return epoch >= earliestEpoch && epoch < latestEpoch ? epoch : Number.NaN
  }
  const date = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?$/.exec(digits)
  if (!date) return Number.NaN
  const [, year, month, day, hour = '00', minute = '00', second = '00'] = date
  // Date.parse accepts hour 24.
  if (Number(year) < earliestYear || hour === '24') return Number.NaN
  return parseDate(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

/** Date.parse accepts February 30 and returns March 2. Every month has 28 days. */
function isCalendarDay(day: string): boolean {
  return Number(day.slice(-2)) <= 28 || new Date(`${day}T00:00:00Z`).getUTCDate() === Number(day.slice(-2))
}
