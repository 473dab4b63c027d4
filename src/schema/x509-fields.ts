import type { ReadCertificate } from '../catalog/certificate.ts'
import { findWeaknesses, type WeaknessVerdict } from '../catalog/weakness.ts'
import { noX509Details } from '../catalog/x509.ts'
import type { Operation } from '../operation.ts'
import type { PlacedCertificate } from '../providers/place.ts'
import { isReadingFailure } from '../upstream/error.ts'
import type { Types } from './builder.ts'
import { prices } from './cost/cost.ts'
import type { Enums } from './enums.ts'

type Text = 'subject' | 'issuer' | 'serialNumber' | 'sha256Fingerprint' | 'keyAlgorithm' | 'signatureAlgorithm'

/** The fields of an X.509 certificate, and the weaknesses that follow from them. */
export function x509Fields(
  t: PothosSchemaTypes.InterfaceFieldBuilder<Types, ReadCertificate<PlacedCertificate>>,
  { CertificateWeakness }: Pick<Enums, 'CertificateWeakness'>,
) {
  const text = (field: Text, description: string) =>
    t.string({
      ...prices.certificate,
      nullable: true,
      description,
      resolve: async (certificate, _args, operation) => (await certificate.place.x509(operation, certificate))[field],
    })
  return {
    subject: text('subject', 'Subject as in RFC 4514, most specific part first.'),
    issuer: text('issuer', 'Issuer as in RFC 4514, most specific part first.'),
    serialNumber: text(
      'serialNumber',
      'Lower-case hex: an even number of digits, no separators, no leading zero bytes. A negative number has a leading `-`.',
    ),
    sha256Fingerprint: text('sha256Fingerprint', 'SHA-256 of the DER form: 64 lower-case hex digits.'),
    keyAlgorithm: text('keyAlgorithm', 'RSA, ECDSA, Ed25519 or Ed448; otherwise the vendor’s term.'),
    signatureAlgorithm: text('signatureAlgorithm', 'Hash algorithm of the signature, such as SHA-256.'),
    subjectAltNames: t.stringList({
      ...prices.certificate,
      nullable: true,
      description:
        'DNS names in lower case and IP addresses; other names as `email:…`, `URI:…`, `dirName:…` with a name as in ' +
        '`subject`, `RID:…` and `otherName:<type>:<value>`. Without duplicates.',
      resolve: async (certificate, _args, operation) =>
        (await certificate.place.x509(operation, certificate)).subjectAltNames,
    }),
    x509Issues: t.stringList({
      ...prices.certificate,
      nullable: true,
      description:
        'What in the X.509 certificate could not be parsed. The fields concerned are null, or lack the part named here. ' +
        'Empty when all of it was parsed; null when the certificate was not read.',
      resolve: async (certificate, _args, operation) => (await certificate.place.x509(operation, certificate)).issues,
    }),
    weaknesses: t.field({
      ...prices.certificate,
      type: [CertificateWeakness],
      description:
        'The weaknesses found among those in `weaknessesChecked`. Both lists are empty, without an error, when the ' +
        'certificate cannot be read.',
      resolve: async (certificate, _args, operation) => (await judge(certificate, operation)).weaknesses,
    }),
    weaknessesChecked: t.field({
      ...prices.certificate,
      type: [CertificateWeakness],
      description:
        'The weaknesses that were checked, found or not. A check needs the hash algorithm, the type and size of the key, ' +
        'or the extended key usage and both ends of the validity. A CA certificate without extended key usage may be ' +
        'a trust anchor: its lifetime is not checked.',
      resolve: async (certificate, _args, operation) => (await judge(certificate, operation)).checked,
    }),
  }
}

/** The row's own details come first, if it has any, so that the verdict does not depend on the other fields selected. */
async function judge(certificate: ReadCertificate<PlacedCertificate>, operation: Operation): Promise<WeaknessVerdict> {
  const { place, x509 } = certificate
  const details = x509 ?? (await place.x509(operation, certificate).catch(toNothing))
  return findWeaknesses({ details, isServer: place.holdsServerCertificates })
}

/** The lists are not nullable: an error would remove the certificate from the response. */
function toNothing(reason: unknown) {
  if (isReadingFailure(reason)) return noX509Details
  throw reason
}
