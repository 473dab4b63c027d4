import { type Certificate, fromReading, type ReadCertificate } from '../catalog/certificate.ts'
import type { CertificateList } from '../catalog/certificate-list.ts'
import { type CertificateOrder, certificateOrdering } from '../catalog/certificate-order.ts'
import { type Connection, type ConnectionArguments, parseWindow, toConnection } from '../catalog/connection.ts'
import type { ExpiryThresholds } from '../catalog/expiry.ts'
import { createRowTest } from '../catalog/filter.ts'
import type { HeldCertificate } from '../providers/place.ts'
import type { Vendor } from '../providers/provider.ts'
import { isComplete, type Source, settleCertificates } from '../providers/source.ts'
import type { Operation } from '../upstream/operation.ts'
import type { Reading } from '../upstream/readings.ts'
import { type CertificateFilterInput, parseFilter } from './filter-input.ts'
import { findHolders } from './find-holders.ts'
import type { NodeFinder } from './find-node.ts'
import { testX509 } from './x509-filter.ts'

export interface SearchArguments extends ConnectionArguments {
  readonly filter?: CertificateFilterInput | null | undefined
  readonly orderBy?: CertificateOrder | null | undefined
  /** How old a reading may be, in milliseconds. */
  readonly maxStaleness?: number | null | undefined
}

/** A page of certificates with the report on every place that was asked. */
export interface SearchResult extends Connection<ReadCertificate<HeldCertificate>> {
  readonly sources: readonly Source[]
}

export interface Search {
  readonly vendors: readonly Vendor[]
  readonly nodes: NodeFinder
  readonly thresholds: ExpiryThresholds
}

/** Asks every place the filter allows, and merges what they give into one page. Places that fail are in the report. */
export async function searchCertificates(
  search: Search,
  operation: Operation,
  args: SearchArguments,
): Promise<SearchResult> {
  const ordering = certificateOrdering(args.orderBy)
  const window = parseWindow(ordering, args)
  const input = args.filter ?? {}
  const filter = parseFilter(input)

  const maxStaleness = args.maxStaleness ?? undefined

  const holders = await findHolders(search, operation, { ...input, maxStaleness })
  const settled = await Promise.all(
    holders.items.map((place) => settleCertificates(place, place.read(operation, maxStaleness))),
  )
  const readings = settled.flatMap(({ reading }) => reading ?? [])
  const told = await tellActive(operation, sortedLists(readings, ordering, input), filter.active)
  const sources = uniqueSources([...holders.sources, ...settled.map(({ source }) => source), ...told.sources])

  const rowTest = createRowTest(filter, operation.now, search.thresholds)
  const x509 = await testX509(operation, told.lists, filter, rowTest)
  const connection = toConnection<HeldCertificate, ReadCertificate<HeldCertificate>>(told.lists, {
    ordering,
    window,
    accepts: (row) => rowTest(row) && x509.accepts(row),
    complete: isComplete(sources) && x509.complete,
    toNode: (row, list) => fromReading(x509.annotate(row), readings[list] as Reading<unknown>),
  })
  return { ...connection, sources }
}

type Lists = readonly (readonly HeldCertificate[])[]

/** Named places may overlap, an organization and its project: a certificate stays in the first list that has it. */
function sortedLists(
  readings: readonly Reading<CertificateList<HeldCertificate>>[],
  ordering: ReturnType<typeof certificateOrdering>,
  { scopeIds }: CertificateFilterInput,
): Lists {
  const lists = readings.map(({ value }) => value.sorted(ordering))
  if (!scopeIds || lists.length < 2) return lists
  const seen = new Set<string>()
  return lists.map((list) => list.filter(({ id }) => !seen.has(id) && seen.add(id)))
}

/** A filter on the flag has to know it, also of certificates whose own list does not tell: their scope's list does. */
async function tellActive(
  operation: Operation,
  lists: Lists,
  wanted: boolean | null | undefined,
): Promise<{ lists: Lists; sources: readonly Source[] }> {
  if (typeof wanted !== 'boolean') return { lists, sources: [] }
  const scopes = new Set(lists.flatMap((list) => list.filter(isUntold).map(({ scope }) => scope)))
  const sources = await Promise.all([...scopes].map((scope) => scope.source(operation)))
  const failed = new Set(sources.filter(({ status }) => status === 'FAILED').map(({ scope }) => scope.id))
  const tell = async (row: HeldCertificate): Promise<HeldCertificate> => {
    if (!isUntold(row)) return row
    return { ...row, active: failed.has(row.scope.id) ? null : await row.scope.active(operation, row) }
  }
  const toldLists = lists.map((list) => (list.some(isUntold) ? Promise.all(list.map(tell)) : list))
  return { lists: await Promise.all(toldLists), sources }
}

function isUntold({ active }: Certificate): boolean {
  return active === undefined
}

function uniqueSources(sources: readonly Source[]): readonly Source[] {
  return [...new Map(sources.map((source) => [`${source.kind} ${source.scope.id}`, source])).values()]
}
