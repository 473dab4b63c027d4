import type { ReadCertificate } from '../../catalog/certificate.ts'
import type { SchemaKit } from '../../schema/kit.ts'
import type { AkamaiCertificate, ReadEnrollment } from './certificate.ts'
import type { AkamaiAccount, AkamaiContract } from './places.ts'

export type AkamaiRefs = ReturnType<typeof createAkamaiRefs>

/** The types that refer to each other. */
export function createAkamaiRefs({ builder }: SchemaKit) {
  return {
    Account: builder.objectRef<AkamaiAccount>('AkamaiAccount'),
    Contract: builder.objectRef<AkamaiContract>('AkamaiContract'),
    Certificate: builder.objectRef<ReadCertificate<AkamaiCertificate>>('AkamaiCertificate'),
    Enrollment: builder.objectRef<ReadEnrollment>('AkamaiEnrollment'),
  }
}
