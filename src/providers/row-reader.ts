import { isObject } from '../is-object.ts'
import { maxListLengths } from './list-lengths.ts'
import { ParseIssues } from './parse-issues.ts'

/**
 * Reads a row of a vendor's list, member by member. A member that is missing or null is null. A member that cannot be
 * parsed is null and noted in `issues`: one bad member must not hide a certificate.
 */
export class RowReader {
  readonly #row: Readonly<Record<string, unknown>>
  readonly #path: string
  /** Those of the whole row, which the readers of its objects share. */
  readonly #issues: ParseIssues

  constructor(row: Readonly<Record<string, unknown>>, path = '', issues = new ParseIssues()) {
    this.#row = row
    this.#path = path
    this.#issues = issues
  }

  /** The members of the row that could not be parsed. */
  get issues(): readonly string[] {
    return this.#issues.texts
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
    return this.#read(field, 'a string', (value) => (typeof value === 'string' ? value : undefined))
  }

  /** A text; null when it is empty. */
  name(field: string): string | null {
    return this.text(field) || null
  }

  flag(field: string): boolean | null {
    return this.#read(field, 'true or false', (value) => (typeof value === 'boolean' ? value : undefined))
  }

  texts(field: string): readonly string[] | null {
    const values = this.list(field, maxListLengths.texts, 'a list of strings')
    if (values === null) return null
    const texts = values.filter((item) => typeof item === 'string')
    if (texts.length < values.length) this.note(field, 'a list of strings')
    return texts
  }

  /** The unparsed values of a list. Null when it is longer than the maximum: a part of a list would look like all of it. */
  list(field: string, maximum: number, expected = 'a list'): readonly unknown[] | null {
    const values = this.#read(field, expected, (value): readonly unknown[] | undefined =>
      Array.isArray(value) ? value : undefined,
    )
    if (values === null) return null
    if (values.length <= maximum) return values
    this.note(field, `at most ${maximum} values, found ${values.length}`)
    return null
  }

  /** Unix seconds → milliseconds. Digits in a string are read as in `date`. */
  seconds(field: string): number | null {
    return this.#read(field, 'Unix seconds', (value) => {
      if (typeof value === 'number') return toDate(parseEpoch(value))
      return typeof value === 'string' && /^\d+$/.test(value) ? toDate(parseDigits(value)) : undefined
    })
  }

  /**
   * ISO 8601, `yyyy-MM-dd HH:mm:ss`, `yyyyMMdd`, `yyyyMMddHHmmss` or an epoch in 10 or 13 digits → milliseconds. Without a
   * zone it is UTC.
   */
  date(field: string): number | null {
    return this.#read(field, 'a date', (value) => {
      return typeof value === 'string' || typeof value === 'number' ? toDate(parseDate(String(value))) : undefined
    })
  }

  object(field: string): RowReader {
    const value = this.#read(field, 'an object', (each) => (isObject(each) ? each : undefined))
    return new RowReader(value ?? {}, `${this.#path}${field}.`, this.#issues)
  }

  /** The objects of a list. Empty when the list is missing or null; null when it cannot be read. */
  objects(field: string): readonly RowReader[] | null {
    if (!this.has(field)) return []
    const values = this.list(field, maxListLengths.objects)
    if (values === null) return null
    return values.flatMap((value, index) => {
      const name = `${field}[${index}]`
      if (isObject(value)) return [new RowReader(value, `${this.#path}${name}.`, this.#issues)]
      this.note(name, 'an object')
      return []
    })
  }

  has(field: string): boolean {
    return this.#row[field] !== undefined && this.#row[field] !== null
  }

  note(field: string, expected: string): void {
    this.#issues.add(`${this.#path}${field}: expected ${expected}`)
  }

  #read<Value>(field: string, expected: string, parse: (value: unknown) => Value | undefined): Value | null {
    if (!this.has(field)) return null
    const value = parse(this.#row[field])
    if (value === undefined) this.note(field, expected)
    return value ?? null
  }
}

/** More than the ids of any vendor have. */
const maxIdLength = 512
const maxIdDigits = 40

/** A vendor's id as text. Some vendors write the same id as a number in one list and as a string in another. */
export function parseId(value: unknown): string | null {
  if (typeof value === 'string') return value !== '' && value.length <= maxLengthOf(value) ? value : null
  if (typeof value === 'bigint') return parseId(String(value))
  // From 10^21 on, a number is written with an exponent. It has lost digits, and would be another id.
  return typeof value === 'number' && Math.abs(value) < 1e21 ? String(value) : null
}

function maxLengthOf(id: string): number {
  return id.length <= maxIdLength && /^\d+$/.test(id) ? maxIdDigits : maxIdLength
}

/** RFC 3339 has years of four digits. */
const earliest = Date.parse('0001-01-01T00:00:00Z')
const latest = Date.parse('9999-12-31T23:59:59.999Z')

function toDate(milliseconds: number): number | undefined {
  return milliseconds >= earliest && milliseconds <= latest ? Math.trunc(milliseconds) : undefined
}

/** More characters than a date has in any of the formats. */
const maxDateLength = 100

function parseDate(text: string): number {
  if (text.length > maxDateLength) return Number.NaN
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

/** Date.parse accepts February 30 and returns March 2. */
function isCalendarDay(day: string): boolean {
  return new Date(`${day}T00:00:00Z`).getUTCDate() === Number(day.slice(-2))
}
