import { CertificateList } from '../../catalog/certificate-list.ts'
import { type AkamaiCertificate, type AkamaiEnrollment, toAkamaiEnrollment } from './certificate.ts'
import type { AkamaiContract } from './places.ts'
import { enrollmentShape } from './wire.ts'

/** The certificates of a contract, and its enrollments, those with nothing deployed included. */
export class AkamaiCertificateList extends CertificateList<AkamaiCertificate> {
  readonly enrollments: readonly AkamaiEnrollment[]

  constructor(enrollments: readonly AkamaiEnrollment[], unreadableRows: number) {
    super(
      enrollments.flatMap(({ certificates }) => certificates),
      unreadableRows,
    )
    this.enrollments = enrollments
  }
}

/** The rows of active-certificates, as a list. */
export function toAkamaiCertificateList(rows: readonly unknown[], contract: AkamaiContract): AkamaiCertificateList {
  const parsed = rows.map(enrollmentShape.parse)
  const read = parsed.filter((row) => row !== null)
  const lost = read.reduce((sum, { production, staging }) => sum + production.unreadable + staging.unreadable, 0)
  const enrollments = new Map(read.map((row) => [row.id, toAkamaiEnrollment(row, contract)]))
  return new AkamaiCertificateList([...enrollments.values()], parsed.length - read.length + lost)
}
