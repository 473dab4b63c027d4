import type { Condition, Conditions } from './certificate-query.ts'
import { formatDuration, formatUtcDate } from './format.ts'
import type { ExpiryStatus } from './generated/graphql.ts'
import { expiryStatuses, toVendorName } from './vocabulary.ts'

/** A condition, or one entry of its list, in words. */
export interface ConditionText {
  readonly name: Condition
  /** The entry of a list. */
  readonly entry?: string
  readonly text: string
}

type PlaceLabel = (id: string) => string | undefined

/** The conditions of a list in words, one for each that can be removed. The text that is searched has a field of its own. */
export function toConditionTexts(conditions: Conditions, placeLabel: PlaceLabel): readonly ConditionText[] {
  return (Object.keys(conditions) as Condition[])
    .filter((name) => name !== 'search')
    .flatMap((name) => {
      const value = conditions[name]
      if (value === undefined) return []
      if (typeof value === 'object')
        return value.map((entry) => ({ name, entry, text: toEntryText(name, entry, placeLabel) }))
      return [{ name, text: typeof value === 'boolean' ? toFlagText(name, value) : toValueText(name, value) }]
    })
}

function toEntryText(name: Condition, entry: string, placeLabel: PlaceLabel): string {
  switch (name) {
    case 'providers':
      return `Vendor: ${toVendorName(entry)}`
    case 'expiryStatuses':
      return `Status: ${expiryStatuses[entry as ExpiryStatus]?.word ?? entry}`
    case 'owners':
      return `Owner: ${entry}`
    case 'placeIds':
      return `Place: ${placeLabel(entry) ?? toVendorId(entry)}`
    default:
      return `Weakness: ${entry}`
  }
}

function toFlagText(name: Condition, value: boolean): string {
  switch (name) {
    case 'unowned':
      return value ? 'Without an owner' : 'With an owner'
    case 'active':
      return value ? 'In force or unknown' : 'Not in force'
    case 'includeDeleted':
      return value ? 'Deleted ones included' : 'Without deleted ones'
    default:
      return value ? 'With a known date only' : 'Unknown dates included'
  }
}

function toValueText(name: Condition, value: string): string {
  switch (name) {
    case 'expiresWithin':
      return `Expires within ${formatDuration(value)}`
    case 'expiringUncovered':
      return `No replacement, expires within ${formatDuration(value)}`
    case 'expiresAfter':
      return `Expires after ${toDateText(value)}`
    case 'expiresBefore':
      return `Expires before ${toDateText(value)}`
    case 'nameContains':
      return `Name contains ${value}`
    case 'issuerContains':
      return `Issuer contains ${value}`
    case 'subjectAltName':
      return `Covers ${value}`
    case 'serialNumber':
      return `Serial number ${value}`
    default:
      return `SHA-256 ${value}`
  }
}

/** A time in UTC, in which months are counted. The first and the last moment of a day are the day for people. */
function toDateText(text: string): string {
  const time = Date.parse(text)
  if (Number.isNaN(time)) return text
  const isEdge = /T(00:00:00(\.0+)?|23:59:59(\.\d+)?)Z$/.test(new Date(time).toISOString())
  return isEdge
    ? `${formatUtcDate(time)} UTC`
    : `${new Date(time).toISOString().replace('T', ' ').replace('Z', '')} UTC`
}

/** A global id ends with the vendor's own one. It is shown until the name of the place is known. */
export function toVendorId(id: string): string {
  try {
    return /^[A-Z]\w*:(?:.*:)?([^:]+)$/.exec(atob(id))?.[1] ?? id
  } catch {
    return id
  }
}
