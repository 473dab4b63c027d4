import { fromReading } from '../../catalog/certificate.ts'
import { type Connection, type ConnectionArguments, parseWindow, toConnection } from '../../catalog/connection.ts'
import { createOrdering, sortRows } from '../../catalog/ordering.ts'
import type { Reading } from '../../upstream/cache/reading.ts'
import type { AkamaiCertificateList, AkamaiEnrollment, ReadEnrollment } from './certificate.ts'

const ordering = createOrdering<AkamaiEnrollment>('ENROLLMENT:ASC', 'ASC', ({ enrollmentId, id }) => ({
  key: enrollmentId.padStart(20, '0'),
  id,
}))

/** A page of a contract's enrollments, in the order of their ids. */
export async function enrollmentConnection(
  args: ConnectionArguments,
  read: () => Promise<Reading<AkamaiCertificateList>>,
): Promise<Connection<ReadEnrollment>> {
  const window = parseWindow(ordering, args)
  const reading = await read()
  const enrollments = sortRows(reading.value.enrollments, ordering)
  return toConnection([enrollments], { ordering, window, toNode: (enrollment) => fromReading(enrollment, reading) })
}
