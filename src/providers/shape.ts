import { isObject } from '../is-object.ts'
import { type TimeSlice, visitInSlices } from '../time-slice.ts'
import type { Rows } from '../upstream/cache/reading.ts'
import { RowReader } from './row-reader.ts'
import { shareTexts, shareValues } from './shared-values.ts'

/** A row of a vendor's list, declared once: its TypeScript type (`WireOf`), its parser and the members replicas share. */
export interface Shape<Wire> {
  /** The names of all members that `parse` reads, at every depth. Replicas share these members and no others. */
  readonly fields: readonly string[]
  /** Null when the row is not an object or has no id. A member that cannot be read is null and is noted in `issues`. */
  parse(row: unknown): Wire | null
}

/** The type of the rows of a shape. */
export type WireOf<AnyShape> = AnyShape extends Shape<infer Wire> ? Wire : never

/** How one member of an object is read. */
export interface Member<Value> {
  /** The names of the members below it. */
  readonly fields: readonly string[]
  read(row: RowReader, name: string): Value
}

/** The type of the values of members. */
export type ValuesOf<AnyMembers> = {
  readonly [Name in keyof AnyMembers]: AnyMembers[Name] extends Member<infer Value> ? Value : never
}

type Members<Values> = { readonly [Name in keyof Values]: Member<Values[Name]> }

type Identified<Values> = Readonly<Omit<Values, 'id'>> & { readonly id: string; readonly issues: readonly string[] }

/** Declares the rows of a list. Their `id` is always text. */
export function shape<Values extends { readonly id: string | null }>(
  members: Members<Values>,
): Shape<Identified<Values>> {
  const read = createReader({ ...members, issues: issues() })
  return {
    fields: fieldsOf(members),
    parse(value) {
      if (!isObject(value)) return null
      const values = read(new RowReader(value))
      // The types of the members do not contain that the id is not null.
      return values.id === null ? null : (values as object as Identified<Values>)
    },
  }
}

/** The names of the members, and of all members below them. */
export function fieldsOf<Values extends object>(members: Members<Values>): readonly string[] {
  const all: [string, Member<unknown>][] = Object.entries(members)
  return [...new Set(all.flatMap(([name, { fields }]) => [name, ...fields]))]
}

/** Creates the function that reads the members of one object. All its objects have their members in the same order. */
export function createReader<Values extends object>(members: Members<Values>): (row: RowReader) => Readonly<Values> {
  const all = Object.entries<Member<unknown>>(members).map(([name, member]) => ({ name, member }))
  const empty = Object.fromEntries(all.map(({ name }) => [name, null]))
  return (row) => {
    // A copy with all names takes less time than one name after another.
    const values: Record<string, unknown> = { ...empty }
    for (const { name, member } of all) values[name] = member.read(row, name)
    // Each value was read by the member of the same name.
    return values as Readonly<Values>
  }
}

/** A vendor's own id, as text. */
export const id = () => leaf((row, name) => row.id(name))

export const text = () => leaf((row, name) => row.text(name))

/** A text; null when it is empty. */
export const name = () => leaf((row, field) => row.name(field))

const shareWord = shareValues((text) => text)

/** JSON.parse already shares the texts of up to ten characters. */
const maxInternalized = 10

/** A text that is one of few: equal ones share their memory. */
export const word = () =>
  leaf((row, name) => {
    const text = row.text(name)
    return text === null || text.length <= maxInternalized ? text : shareWord(text)
  })

/** A list of such texts. It shares the memory of the list before, when they are equal. */
export const words = () => {
  let last: readonly string[] = []
  return leaf((row, name) => {
    const list = row.texts(name)
    if (list) last = shareTexts(list, last)
    return list && last
  })
}

export const texts = () => leaf((row, name) => row.texts(name))

export const flag = () => leaf((row, name) => row.flag(name))

/** Unix seconds → milliseconds. */
export const seconds = () => leaf((row, name) => row.seconds(name))

/** A date in one of the vendors' formats → milliseconds. */
export const date = () => leaf((row, name) => row.date(name))

/** What could not be read in the members before this one. */
const issues = () => leaf((row) => row.issues)

/** Whether the member is there, whatever its value. */
export const present = () => leaf((row, name) => row.has(name))

/** An object; when it is missing, all its members are. */
export function object<Values extends object>(members: Members<Values>): Member<Readonly<Values>> {
  const read = createReader(members)
  return { fields: fieldsOf(members), read: (row, name) => read(row.object(name)) }
}

/** An object, or null when it is missing or cannot be read. */
export function optionalObject<Values extends object>(members: Members<Values>): Member<Readonly<Values> | null> {
  const read = createReader(members)
  return {
    fields: fieldsOf(members),
    read(row, name) {
      const member = row.object(name)
      return isObject(row.raw(name)) ? read(member) : null
    },
  }
}

/** A list of objects; empty when it is missing, null when it cannot be read. */
export function objects<Values extends object>(members: Members<Values>): Member<readonly Readonly<Values>[] | null> {
  const read = createReader(members)
  return { fields: fieldsOf(members), read: (row, name) => row.objects(name)?.map(read) ?? null }
}

function leaf<Value>(read: Member<Value>['read']): Member<Value> {
  return { fields: [], read }
}

/** How the rows of a list are parsed. */
interface RowParsing<Wire, Item> {
  /** What is kept of a row. */
  toItem(row: Wire): Item
  /** Whether the list may have a row twice. */
  readonly mayRepeat?: boolean
}

interface ParsedRows<Item> {
  readonly items: readonly Item[]
  readonly unreadable: number
  /** Whether a row was there twice. */
  readonly hasRepeats: boolean
}

/**
 * Parses the rows of a list in slices, the first of each id. `unreadable` counts the rows without an id, the rows that the
 * vendor left out and, unless rows may repeat, the further rows of an id. A row is converted before the next one is parsed:
 * the parsed rows of a long list take much memory.
 */
export async function parseRows<Wire extends { readonly id: string }, Item>(
  { rows, missing }: Rows,
  { parse }: Pick<Shape<Wire>, 'parse'>,
  { toItem, mayRepeat = false }: RowParsing<Wire, Item>,
  timeSlice: TimeSlice,
): Promise<ParsedRows<Item>> {
  const items: Item[] = []
  const seen = new Set<string>()
  let unreadable = missing
  let hasRepeats = false
  await visitInSlices(rows, timeSlice, (each) => {
    const row = parse(each)
    if (row !== null && !seen.has(row.id)) items.push(toItem(row))
    else if (row === null || !mayRepeat) unreadable += 1
    if (row === null) return
    hasRepeats ||= seen.has(row.id)
    seen.add(row.id)
  })
  // A list that grew row by row has room for more.
  return { items: items.slice(), unreadable, hasRepeats }
}
