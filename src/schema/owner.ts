import type { CertificateOwner } from '../owners/owner-rule.ts'
import type { Builder } from './builder.ts'

/** The type CertificateOwner. */
export function registerOwner(builder: Builder) {
  const CertificateOwner = builder.objectRef<CertificateOwner>('CertificateOwner')
  CertificateOwner.implement({
    description: 'Who is responsible for a certificate, from the rules under `owners` in the configuration.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'The name of the team or person.' }),
      contact: t.exposeString('contact', { nullable: true, description: 'How to reach them. Null if not configured.' }),
      runbookUrl: t.exposeString('runbookUrl', {
        nullable: true,
        description: 'A page that says what to do when a certificate expires: http or https. Null if not configured.',
      }),
    }),
  })
  return CertificateOwner
}
