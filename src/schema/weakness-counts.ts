import { byKey, type Count, Tally } from '../catalog/statistics.ts'
import { type CertificateWeakness, certificateWeaknesses, findWeaknesses } from '../catalog/weakness.ts'
import { hasAllDetails, type X509Details } from '../catalog/x509.ts'
import type { Operation } from '../operation.ts'
import type { PlacedCertificate } from '../providers/place.ts'
import { filterInSlices, runInSlices, visitInSlices } from '../time-slice.ts'
import { isReadingFailure } from '../upstream/error.ts'
import { concurrentReads } from './search/x509-filter.ts'

type Rows = readonly PlacedCertificate[]
/** Null: a certificate that cannot be read, or not in all parts that the checks need. */
type Verdict = readonly (CertificateWeakness | null)[]
type WeaknessCounts = readonly Count<CertificateWeakness | null>[]

/** What is known of the certificates of a list, in every operation. */
interface KeptCounts {
  readonly counts: Tally<CertificateWeakness | null>
  /** The certificates that are not counted: their details are not known yet, or may change. */
  readonly unknown: Set<PlacedCertificate>
}

const keptCounts = new WeakMap<Rows, KeptCounts>()

/** Counts the weaknesses of whole lists. A certificate whose details do not change is looked at once for each list. */
export async function countKeptWeaknesses(operation: Operation, lists: readonly Rows[]): Promise<WeaknessCounts> {
  const tally = new Tally<CertificateWeakness | null>()
  const unread: [rows: Rows, kept: KeptCounts][] = []
  for (const rows of lists) {
    const kept = keptCounts.get(rows) ?? { counts: new Tally(), unknown: new Set(rows) }
    keptCounts.set(rows, kept)
    for (const { key, count } of kept.counts.counts()) tally.add(key, key, count)
    if (kept.unknown.size === 0) continue
    const left: PlacedCertificate[] = []
    await visitInSlices([...kept.unknown], operation.timeSlice, (row) => {
      if (hasAllDetails(row.x509)) keep(kept, row, add(tally, verdictOn(row.x509)))
      else left.push(row)
    })
    unread.push([left, kept])
  }
  const readAll = unread.map(([rows, kept]) =>
    runInSlices(rows, operation.timeSlice, (row) => read(row, kept), concurrentReads(lists.length)),
  )
  await Promise.all(readAll)
  return tally.counts().sort(byKey)

  async function read(row: PlacedCertificate, kept: KeptCounts): Promise<void> {
    const details = await readDetails(operation, row)
    const verdict = add(tally, details === null ? [null] : verdictOn(details))
    if (details !== null && row.place.keepsX509(row)) keep(kept, row, verdict)
  }
}

/** Counts the weaknesses of the certificates that a filter accepts. */
export async function countAcceptedWeaknesses(
  operation: Operation,
  lists: readonly Rows[],
  accepts: ((row: PlacedCertificate) => boolean) | undefined,
): Promise<WeaknessCounts> {
  const { timeSlice } = operation
  const tally = new Tally<CertificateWeakness | null>()
  const countList = async (rows: Rows) =>
    runInSlices(
      accepts ? await filterInSlices(rows, timeSlice, accepts) : rows,
      timeSlice,
      async (row) => {
        const details = await readDetails(operation, row)
        add(tally, details === null ? [null] : verdictOn(details))
      },
      concurrentReads(lists.length),
    )
  await Promise.all(lists.map(countList))
  return tally.counts().sort(byKey)
}

function add(tally: KeptCounts['counts'], verdict: Verdict): Verdict {
  for (const weakness of verdict) tally.add(weakness)
  return verdict
}

/** Counts a certificate for later operations, unless another one has done so. */
function keep({ counts, unknown }: KeptCounts, row: PlacedCertificate, verdict: Verdict): void {
  if (unknown.delete(row)) add(counts, verdict)
}

/** Null when the certificate cannot be read. */
async function readDetails(operation: Operation, row: PlacedCertificate): Promise<X509Details | null> {
  try {
    return await row.place.x509(operation, row)
  } catch (error) {
    if (isReadingFailure(error)) return null
    throw error
  }
}

function verdictOn(details: X509Details): Verdict {
  const { weaknesses, checked } = findWeaknesses(details)
  const hasUnreadPart = checked.length < certificateWeaknesses.length && (details.issues?.length ?? 0) > 0
  return checked.length === 0 || hasUnreadPart ? [...weaknesses, null] : weaknesses
}
