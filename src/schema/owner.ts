import type { Builder } from './builder.ts'

/** The person or team that is responsible for certificates. */
export interface CertificateOwner {
  readonly name: string
  readonly contact: string | null
  readonly runbookUrl: string | null
}

/** The type CertificateOwner. */
export function registerOwner(builder: Builder) {
  const CertificateOwner = builder.objectRef<CertificateOwner>('CertificateOwner')
  CertificateOwner.implement({
    description: 'Who is responsible for a certificate, from the configuration.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'The name of the team or person.' }),
      contact: t.exposeString('contact', { nullable: true, description: 'How to reach them. Null if not configured.' }),
      runbookUrl: t.exposeString('runbookUrl', {
        nullable: true,
        description: 'What to do when a certificate expires. Null if not configured.',
      }),
    }),
  })
  return CertificateOwner
}
