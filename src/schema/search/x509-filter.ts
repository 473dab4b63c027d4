import { type CertificateFilter, createX509Test, type X509Test } from '../../catalog/filter.ts'
import { noX509Details, type X509Details } from '../../catalog/x509.ts'
import type { Operation } from '../../operation.ts'
import type { PlacedCertificate } from '../../providers/place.ts'
import { isReadingFailure } from '../../upstream/error.ts'
import { type FilterVerdict, noVerdict, toFilterVerdict } from './filter-verdict.ts'

/** Tests the X.509 details of every candidate. A candidate whose details cannot be read has no verdict. */
export async function testX509(
  operation: Operation,
  lists: readonly (readonly PlacedCertificate[])[],
  filter: CertificateFilter,
  isCandidate: (row: PlacedCertificate) => boolean,
): Promise<FilterVerdict> {
  const test = createX509Test(filter)
  if (!test) return noVerdict
  const { accepted, issues } = await testRows(operation, lists, isCandidate, test)
  const { decimalSerialNumber: serialNumber } = filter
  const asDecimal = accepted.size === 0 && serialNumber ? createX509Test({ ...filter, serialNumber }) : null
  // The details are loaded by now: the second test makes no call.
  const found = asDecimal ? await testRows(operation, lists, isCandidate, asDecimal) : { accepted, issues }
  return toFilterVerdict({ filter: 'X.509 fields', ...found, lists })
}

async function testRows(
  operation: Operation,
  lists: readonly (readonly PlacedCertificate[])[],
  isCandidate: (row: PlacedCertificate) => boolean,
  test: X509Test,
) {
  const accepted = new Set<string>()
  const issues = new Map<string, string>()
  const testRow = async (row: PlacedCertificate) => {
    try {
      const details = await detailsFor(test, row, operation)
      const verdict = test.accepts(details)
      if (verdict === null) issues.set(row.id, toIssue((details.issues ?? []).join('; ')))
      else if (verdict) accepted.add(row.id)
    } catch (error) {
      if (!isReadingFailure(error)) throw error
      issues.set(row.id, toIssue(error.message))
    }
  }
  await Promise.all(lists.flatMap((list) => list.filter(isCandidate).map(testRow)))
  return { accepted, issues }
}

function toIssue(why: string): string {
  return `returned although the filter on X.509 fields could not be applied: ${why}`
}

/** Makes no call when the list has all fields that the test needs. */
async function detailsFor({ fields }: X509Test, row: PlacedCertificate, operation: Operation): Promise<X509Details> {
  const isListed = fields.every((field) => row.x509[field] !== undefined)
  return isListed ? { ...noX509Details, ...row.x509 } : row.place.x509(operation, row)
}
