import { fromReading } from '../../catalog/certificate.ts'
import { type Connection, type ConnectionArguments, parseWindow, toConnection } from '../../catalog/connection.ts'
import { createOrdering, sortRows } from '../../catalog/ordering.ts'
import type { TimeSlice } from '../../time-slice.ts'
import type { Reading } from '../../upstream/cache/reading.ts'
import type { AkamaiCertificateList, AkamaiEnrollment, ReadEnrollment } from './certificate.ts'

const ordering = createOrdering<AkamaiEnrollment>('ENROLLMENT:ASC', 'ASC', ({ enrollmentId, id }) => ({
  key: enrollmentId.padStart(20, '0'),
  id,
}))

/** A page of a contract's enrollments, in the order of their ids. */
export async function enrollmentConnection(
  args: ConnectionArguments,
  timeSlice: TimeSlice,
  read: () => Promise<Reading<AkamaiCertificateList>>,
): Promise<Connection<ReadEnrollment>> {
  const window = parseWindow(ordering, args)
  const reading = await read()
  const enrollments = await sortRows(reading.value.enrollments, ordering, timeSlice)
  return toConnection([enrollments], {
    ordering,
    window,
    timeSlice,
    toNode: (enrollment) => fromReading(enrollment, reading),
  })
}
