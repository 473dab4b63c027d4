import type { ReadCertificate } from '../catalog/certificate.ts'
import { findWeaknesses, type WeaknessVerdict } from '../catalog/weakness.ts'
import type { X509Details } from '../catalog/x509.ts'
import type { Operation } from '../operation.ts'
import type { PlacedCertificate } from '../providers/place.ts'
import { guards } from './authorization.ts'
import type { Types } from './builder.ts'
import { prices } from './cost/prices.ts'
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
      constant: isListed(field),
      description,
      resolve: (certificate, _args, operation) => x509Value(certificate, field, operation),
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
    keySize: t.int({
      ...prices.certificate,
      nullable: true,
      constant: isListed('keySize'),
      description: 'The size of the public key in bits. Null for kinds of keys without one, such as X25519 and ML-DSA.',
      resolve: (certificate, _args, operation) => x509Value(certificate, 'keySize', operation),
    }),
    signatureAlgorithm: text(
      'signatureAlgorithm',
      'Hash algorithm of the signature, such as SHA-256. Null when the scheme has a fixed one, such as Ed25519.',
    ),
    subjectAltNames: t.stringList({
      ...prices.certificate,
      nullable: true,
      constant: isListed('subjectAltNames'),
      description:
        'DNS names in lower case and IP addresses; other names as `email:…`, `URI:…`, `dirName:…` with a name as in ' +
        '`subject`, `RID:…` and `otherName:<type>:<value>`. Without duplicates.',
      resolve: (certificate, _args, operation) => x509Value(certificate, 'subjectAltNames', operation),
    }),
    x509Issues: t.stringList({
      ...prices.certificate,
      nullable: true,
      constant: isListed('issues'),
      description:
        'What in the X.509 certificate could not be parsed. The fields concerned are null, or lack the part named here. ' +
        'Empty when all of it was parsed; null when the vendor does not return the certificate.',
      resolve: (certificate, _args, operation) => x509Value(certificate, 'issues', operation),
    }),
    pem: t.string({
      ...prices.content,
      ...guards.content,
      nullable: true,
      description:
        'The certificate in PEM. Costs one call every time; it is never cached. Null when the vendor does not return it.',
      resolve: (certificate, _args, operation) => certificate.place.pem(operation, certificate),
    }),
    weaknesses: t.field({
      ...prices.certificate,
      type: [CertificateWeakness],
      nullable: true,
      description: 'The weaknesses found among those in `weaknessesChecked`.',
      resolve: async (certificate, _args, operation) => (await judge(certificate, operation)).weaknesses,
    }),
    weaknessesChecked: t.field({
      ...prices.certificate,
      type: [CertificateWeakness],
      nullable: true,
      description:
        'The weaknesses that were checked, found or not. A check needs the hash algorithm, the type and size of the key, ' +
        'or the extended key usage and both ends of the validity.',
      resolve: async (certificate, _args, operation) => (await judge(certificate, operation)).checked,
    }),
  }
}

/** Whether the list has the field. */
function isListed(field: keyof X509Details) {
  return ({ x509 }: ReadCertificate<PlacedCertificate>) => x509[field] !== undefined
}

/** A field of the list, or else of the X.509 certificate, which costs a call unless it is known. */
export function x509Value<Field extends keyof X509Details>(
  certificate: ReadCertificate<PlacedCertificate>,
  field: Field,
  operation: Operation,
): X509Details[Field] | Promise<X509Details[Field]> {
  const listed: X509Details[Field] | undefined = certificate.x509[field]
  return listed === undefined
    ? certificate.place.x509(operation, certificate).then((details) => details[field])
    : listed
}

async function judge(certificate: ReadCertificate<PlacedCertificate>, operation: Operation): Promise<WeaknessVerdict> {
  return findWeaknesses(await certificate.place.x509(operation, certificate))
}
