import { type CertificateFilter, createX509Test, type X509Test } from '../../catalog/filter.ts'
import { weighNames } from '../../catalog/spelling.ts'
import { noX509Details, type X509Details } from '../../catalog/x509.ts'
import type { Operation } from '../../operation.ts'
import type { PlacedCertificate } from '../../providers/place.ts'
import { runInSlices, visitWeighed } from '../../time-slice.ts'
import { isReadingFailure } from '../../upstream/error.ts'
import { type FilterVerdict, noVerdict, toFilterVerdict, type Untested } from './filter-verdict.ts'

/** Tests the X.509 details of every candidate. A candidate whose details cannot be read has no verdict. */
export async function testX509(
  operation: Operation,
  lists: readonly (readonly PlacedCertificate[])[],
  filter: CertificateFilter,
  isCandidate: ((row: PlacedCertificate) => boolean) | undefined,
): Promise<FilterVerdict> {
  const test = createX509Test(filter)
  if (!test) return noVerdict
  operation.plan?.noteCallsPerRow()
  const { accepted, issues } = await testRows(operation, lists, isCandidate, test)
  if (issues.size > 0) operation.plan?.noteUntested()
  const { decimalSerialNumber: serialNumber } = filter
  const asDecimal = accepted.size === 0 && serialNumber ? createX509Test({ ...filter, serialNumber }) : null
  // The details are loaded by now: the second test makes no call.
  const found = asDecimal ? await testRows(operation, lists, isCandidate, asDecimal) : { accepted, issues }
  return toFilterVerdict({ filter: 'X.509 fields', ...found })
}

async function testRows(
  operation: Operation,
  lists: readonly (readonly PlacedCertificate[])[],
  isCandidate: ((row: PlacedCertificate) => boolean) | undefined,
  test: X509Test,
) {
  const accepted = new Set<string>()
  const issues = new Map<string, Untested>()
  const judge = ({ id, place }: PlacedCertificate, details: X509Details) => {
    const verdict = test.accepts(details)
    if (verdict === null) issues.set(id, { why: toIssue((details.issues ?? []).join('; ')), place })
    else if (verdict) accepted.add(id)
  }
  const readAndJudge = async (row: PlacedCertificate) => {
    try {
      judge(row, await row.place.x509(operation, row))
    } catch (error) {
      if (!isReadingFailure(error)) throw error
      issues.set(row.id, { why: toIssue(error.message), place: row.place })
    }
  }
  const testList = async (list: readonly PlacedCertificate[]) => {
    const unlisted: PlacedCertificate[] = []
    await visitWeighed(list, operation.timeSlice, weigh, (row) => {
      if (isCandidate && !isCandidate(row)) return
      // No call is made when the list has all fields that the test needs.
      const isListed = test.fields.every((field) => row.x509[field] !== undefined)
      if (isListed) judge(row, { ...noX509Details, ...row.x509 })
      else unlisted.push(row)
    })
    await runInSlices(unlisted, operation.timeSlice, readAndJudge, concurrentReads(lists.length))
  }
  await Promise.all(lists.map(testList))
  return { accepted, issues }
}

function weigh({ x509: { subjectAltNames } }: PlacedCertificate): number {
  return weighNames(subjectAltNames)
}

/**
 * How many certificates of each list are read at the same time. An account makes fewer calls at the same time, and all
 * that wait fail together when the operation ends.
 */
export function concurrentReads(lists: number): number {
  return Math.max(1, Math.min(20, Math.floor(200 / lists)))
}

function toIssue(why: string): string {
  return `returned although the filter on X.509 fields could not be applied: ${why}`
}
