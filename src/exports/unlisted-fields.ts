import type { X509Details } from '../catalog/x509.ts'
import type { Operation } from '../operation.ts'
import { placeText } from '../providers/incomplete.ts'
import type { PlacedCertificate } from '../providers/place.ts'
import type { AllCertificates } from '../schema/search/all-certificates.ts'
import { runInSlices } from '../time-slice.ts'
import { isReadingFailure, type ReadingFailure } from '../upstream/error.ts'

/** What identifies a certificate. The lists of some vendors have neither. */
const identifying = ['serialNumber', 'sha256Fingerprint'] as const

/** What the lists of certificates lack, by the ids of the certificates. */
interface UnlistedFields {
  readonly details: ReadonlyMap<string, X509Details>
  readonly active: ReadonlyMap<string, boolean | null>
  /** Why fields are missing, one sentence for each place. */
  readonly incompleteReasons: readonly string[]
  /** The first failure in each place. */
  readonly failures: readonly ReadingFailure[]
}

/**
 * On request, reads whether certificates are in force whose lists do not say so, and the X.509 details of those whose lists do
 * not identify them, with a call for each that is not known. What cannot be read before the deadline is missing.
 */
export async function readUnlisted(
  operation: Operation,
  { visit }: Pick<AllCertificates, 'visit'>,
  { withActive, withDetails }: { readonly withActive: boolean; readonly withDetails: boolean },
): Promise<UnlistedFields> {
  const { timeSlice } = operation
  const unidentified: PlacedCertificate[] = []
  const unflagged: PlacedCertificate[] = []
  await visit(timeSlice, (row) => {
    if (withDetails && identifying.some((field) => row.x509[field] === undefined)) unidentified.push(row)
    if (withActive && row.active === undefined) unflagged.push(row)
  })
  const active = await readEach(operation, unflagged, async (row) => row.place.active(operation, row))
  const details = await readEach(operation, unidentified, (row) => row.place.x509(operation, row))
  return {
    details: details.values,
    active: active.values,
    incompleteReasons: [...toReasons('The flag `active`', active), ...toReasons('The X.509 fields', details)],
    failures: [...active.failures.values(), ...details.failures.values()],
  }
}

interface Read<Value> {
  readonly values: ReadonlyMap<string, Value>
  readonly missing: readonly PlacedCertificate[]
  /** The first failure in each place. */
  readonly failures: ReadonlyMap<string, ReadingFailure>
}

async function readEach<Value>(
  { timeSlice, signal }: Operation,
  rows: readonly PlacedCertificate[],
  read: (row: PlacedCertificate) => Promise<Value>,
): Promise<Read<Value>> {
  const values = new Map<string, Value>()
  const failures = new Map<string, ReadingFailure>()
  try {
    await runInSlices(rows, timeSlice, async (row) => {
      try {
        values.set(row.id, await read(row))
      } catch (error) {
        if (!isReadingFailure(error)) throw error
        if (!failures.has(row.place.id)) failures.set(row.place.id, error)
      }
    })
  } catch (error) {
    // At its deadline, an export has what was read.
    if (!isTimeout(signal)) throw error
  }
  return { values, missing: rows.filter(({ id }) => !values.has(id)), failures }
}

function isTimeout({ aborted, reason }: AbortSignal): boolean {
  return aborted && reason instanceof DOMException && reason.name === 'TimeoutError'
}

function toReasons(what: string, { missing, failures }: Read<unknown>): readonly string[] {
  const counts = new Map<PlacedCertificate['place'], number>()
  for (const { place } of missing) counts.set(place, (counts.get(place) ?? 0) + 1)
  return [...counts].map(([place, count]) => {
    const failure = failures.get(place.id)
    const why = failure ? `${failure.code}: ${failure.message}` : 'the deadline of the export passed'
    const certificates = count === 1 ? 'a certificate' : `${count} certificates`
    return `${what} of ${certificates} of ${placeText(place)} could not be read: ${why}`
  })
}
