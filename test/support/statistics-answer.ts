import { whileTimePasses } from './passing-time.ts'
import type { Stack } from './stack.ts'
import type { SourceAnswer } from './vendor-outage.ts'

interface Count<Key> {
  readonly key: Key
  readonly count: number
}

export interface Statistics {
  readonly total: number
  readonly byProvider: readonly Count<string>[]
  readonly byExpiryStatus: readonly Count<string>[]
  readonly byPlace: readonly Count<{ id: string; name: string | null; contractId?: string }>[]
  readonly byKeyAlgorithm: readonly Count<string | null>[]
  readonly byExpiryMonth: readonly Count<string>[]
  readonly duplicates: readonly {
    readonly sha256Fingerprint: string
    readonly certificates: readonly {
      readonly name: string
      readonly asOf: string
      readonly stale: boolean
      readonly sha256Fingerprint: string
      readonly place: { readonly contractId: string }
    }[]
  }[]
  readonly complete: boolean
  readonly fresh: boolean
  readonly sources: readonly Pick<SourceAnswer, 'place' | 'kind' | 'status' | 'certificateCount' | 'error'>[]
}

export const statisticsFields = `total
  byProvider { key count } byExpiryStatus { key count } byKeyAlgorithm { key count } byExpiryMonth { key count }
  byPlace { key { id name ... on AkamaiContract { contractId } } count }
  duplicates { sha256Fingerprint certificates {
    name asOf stale sha256Fingerprint place { ... on AkamaiContract { contractId } }
  } }
  complete fresh
  sources { place { id provider } kind status certificateCount error { code message httpStatus retryAfterSeconds } }`

const query = `query ($filter: CertificateFilter) { certificateStatistics(filter: $filter) { ${statisticsFields} } }`

/** The statistics for a filter; time passes, so that calls can be repeated. @throws if the response has errors */
export async function statisticsOf(stack: Stack, filter: object | null = null): Promise<Statistics> {
  const answer = stack.ask<{ certificateStatistics: Statistics }>(query, { filter })
  const { data, errors } = await whileTimePasses(stack.clock, answer)
  if (errors) throw new Error(errors.map(({ message }) => message).join('\n'))
  return data.certificateStatistics
}

/** A grouping as an object from key to count. */
export function tableOf<Key>(counts: readonly Count<Key>[], label = (key: Key) => String(key)): Record<string, number> {
  return Object.fromEntries(counts.map(({ key, count }) => [label(key), count]))
}

/** Counts items by label. */
export function countBy<Item>(items: readonly Item[], label: (item: Item) => string): Record<string, number> {
  const table: Record<string, number> = {}
  for (const item of items) table[label(item)] = (table[label(item)] ?? 0) + 1
  return table
}

export const labelOfPlace = ({ name, contractId }: Statistics['byPlace'][number]['key']) => name ?? contractId ?? ''
