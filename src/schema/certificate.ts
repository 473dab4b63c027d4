import type { InterfaceRef } from '@pothos/core'
import type { ReadCertificate } from '../catalog/certificate.ts'
import { daysUntilExpiry, type ExpiryThresholds, expiryStatus } from '../catalog/expiry.ts'
import type { HeldCertificate, Place } from '../providers/place.ts'
import type { Builder, Types } from './builder.ts'
import { toDate } from './date.ts'
import type { Enums } from './enums.ts'

/** The interface that every vendor's certificate implements. */
export function registerCertificate(
  builder: Builder,
  { CertificateProvider, ExpiryStatus }: Enums,
  CertificateScope: InterfaceRef<Types, Place>,
  thresholds: ExpiryThresholds,
): InterfaceRef<Types, ReadCertificate<HeldCertificate>> {
  const Certificate = builder.interfaceRef<ReadCertificate<HeldCertificate>>('Certificate')
  Certificate.implement({
    description:
      'A certificate held at a vendor: one node per certificate, not per listing. Its id is made of the vendor’s own ids ' +
      'alone and survives restarts and renamings. Fields that the vendor’s list does not carry cost a call of their own ' +
      'when they are asked for, and are null with an error when it fails.',
    interfaces: [builder.nodeInterfaceRef()],
    fields: (t) => {
      const x509 = (
        field: 'subject' | 'issuer' | 'serialNumber' | 'sha256Fingerprint' | 'keyAlgorithm' | 'signatureAlgorithm',
        description: string,
      ) =>
        t.string({
          nullable: true,
          description,
          resolve: async (certificate, _args, operation) =>
            (await certificate.scope.x509(operation, certificate))[field],
        })
      return {
        id: t.exposeID('id', { description: 'Global id, for `node` and `certificate`.' }),
        provider: t.field({
          type: CertificateProvider,
          description: 'The vendor that holds it.',
          resolve: ({ provider }) => provider,
        }),
        scope: t.field({
          type: CertificateScope,
          description: 'Where it lives: an OpenAI organization, an Akamai contract or a LivePerson account.',
          resolve: ({ scope }) => scope,
        }),
        name: t.exposeString('name', {
          nullable: true,
          description: 'OpenAI and LivePerson: the name given there. Akamai: the common name. Null when there is none.',
        }),
        active: t.boolean({
          nullable: true,
          description:
            'Whether it is in force. OpenAI: the organization’s flag. Akamai: true when deployed to production, false when ' +
            'only to staging. LivePerson: true for Available, false for UnAvailable. Null when the vendor does not say.',
          resolve: (certificate, _args, operation) =>
            certificate.active ?? certificate.scope.active(operation, certificate),
        }),
        createdAt: t.field({
          type: 'DateTime',
          nullable: true,
          description: 'When it was uploaded. Null at Akamai and LivePerson, which do not say.',
          resolve: ({ createdAt }) => toDate(createdAt),
        }),
        validFrom: t.field({
          type: 'DateTime',
          nullable: true,
          description: 'Start of its validity. Null when the vendor’s list does not say.',
          resolve: ({ validFrom }) => toDate(validFrom),
        }),
        expiresAt: t.field({
          type: 'DateTime',
          nullable: true,
          description: 'End of its validity. Null when the vendor gives no usable date.',
          resolve: ({ expiresAt }) => toDate(expiresAt),
        }),
        expiryStatus: t.field({
          type: ExpiryStatus,
          description: 'How far it is from its end.',
          resolve: (certificate, _args, { now }) => expiryStatus(certificate, now, thresholds),
        }),
        daysUntilExpiry: t.int({
          nullable: true,
          description: 'Whole days left, rounded down; negative once expired; null when the date is not known.',
          resolve: ({ expiresAt }, _args, { now }) => daysUntilExpiry(expiresAt, now),
        }),
        subject: x509('subject', 'Subject as RFC 4514 writes it, most specific part first. OpenAI only, from its PEM.'),
        issuer: x509(
          'issuer',
          'Issuer as RFC 4514 writes it. OpenAI: from its PEM. Akamai: from its list. LivePerson: null.',
        ),
        serialNumber: x509(
          'serialNumber',
          'Even number of lower-case hex digits, no separators, no leading zero bytes.',
        ),
        sha256Fingerprint: x509('sha256Fingerprint', 'SHA-256 over the DER form, 64 lower-case hex digits.'),
        keyAlgorithm: x509('keyAlgorithm', 'RSA, ECDSA, Ed25519, Ed448, else the vendor’s word.'),
        signatureAlgorithm: x509('signatureAlgorithm', 'The hash of the signature: SHA-256, SHA-1 and the like.'),
        subjectAltNames: t.stringList({
          nullable: true,
          description:
            'DNS names in lower case, IP addresses as text, others as `email:…` and `URI:…`, without duplicates. ' +
            'Akamai: those requested, possibly ahead of what is deployed.',
          resolve: async (certificate, _args, operation) =>
            (await certificate.scope.x509(operation, certificate)).subjectAltNames,
        }),
        asOf: t.field({
          type: 'DateTime',
          description: 'When the vendor was read.',
          resolve: ({ asOf }) => toDate(asOf),
        }),
        stale: t.exposeBoolean('stale', {
          description: 'The last attempt to renew this reading failed or found no budget.',
        }),
        parseIssues: t.exposeStringList('parseIssues', {
          description:
            'What in the vendor’s row could not be understood, or why a filter could not be applied to it, a line each.',
        }),
      }
    },
  })
  return Certificate
}
