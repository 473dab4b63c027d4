import type { ReadCertificate } from '../catalog/certificate.ts'
import { judgeWeaknesses, type WeaknessVerdict } from '../catalog/weakness.ts'
import { noX509Details } from '../catalog/x509.ts'
import type { Operation } from '../operation.ts'
import type { PlacedCertificate } from '../providers/place.ts'
import { isReadingFailure } from '../upstream/error.ts'
import type { Types } from './builder.ts'
import { prices } from './cost/cost.ts'
import type { Enums } from './enums.ts'

type Text = 'subject' | 'issuer' | 'serialNumber' | 'sha256Fingerprint' | 'keyAlgorithm' | 'signatureAlgorithm'

/** Where a value comes from, and when there is none. */
const from = (akamai: string) =>
  `OpenAI: its PEM, one call for all its values; null with an error when that fails. Akamai: ${akamai}. LivePerson: null.`

const fromItsList = from('its list; null where that is silent')

/** What a certificate says of itself, and what follows from it. */
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
    subject: text(
      'subject',
      `Subject as RFC 4514 writes it, most specific part first. ${from('only when its PEM is asked for in the same selection')}`,
    ),
    issuer: text('issuer', `Issuer as RFC 4514 writes it, most specific part first. ${fromItsList}`),
    serialNumber: text(
      'serialNumber',
      `Even number of lower-case hex digits, no separators, no leading zero bytes. ${fromItsList}`,
    ),
    sha256Fingerprint: text('sha256Fingerprint', `SHA-256 over the DER form, 64 lower-case hex digits. ${fromItsList}`),
    keyAlgorithm: text('keyAlgorithm', `RSA, ECDSA, Ed25519, Ed448, else the vendor’s word. ${fromItsList}`),
    signatureAlgorithm: text(
      'signatureAlgorithm',
      `The hash of the signature: SHA-256, SHA-1 and the like. ${fromItsList}`,
    ),
    subjectAltNames: t.stringList({
      ...prices.certificate,
      nullable: true,
      description:
        'DNS names in lower case, IP addresses as text, others as `email:…` and `URI:…`, without duplicates. ' +
        from('those requested, in its list, possibly ahead of what is deployed'),
      resolve: async (certificate, _args, operation) =>
        (await certificate.place.x509(operation, certificate)).subjectAltNames,
    }),
    weaknesses: t.field({
      ...prices.certificate,
      type: [CertificateWeakness],
      description:
        'The weaknesses that were found, whatever else is asked for: at OpenAI in its PEM, which costs one call per ' +
        'certificate not yet parsed; at Akamai in its list alone, without a call. LivePerson tells nothing to judge by. ' +
        'Empty is good news only about what `weaknessesChecked` names. A PEM that cannot be read leaves both empty, without ' +
        'an error.',
      resolve: async (certificate, _args, operation) => (await judge(certificate, operation)).weaknesses,
    }),
    weaknessesChecked: t.field({
      ...prices.certificate,
      type: [CertificateWeakness],
      description:
        'The weaknesses that could be judged, found or not: for each, the vendor has to tell the hash of the signature, ' +
        'the kind and size of the key, or both ends of the validity. Costs and reads what `weaknesses` does.',
      resolve: async (certificate, _args, operation) => (await judge(certificate, operation)).checked,
    }),
  }
}

/** By what comes with the row where that tells anything, so that no field beside this one changes the verdict. */
async function judge(certificate: ReadCertificate<PlacedCertificate>, operation: Operation): Promise<WeaknessVerdict> {
  const { place, x509 } = certificate
  const details = x509 ?? (await place.x509(operation, certificate).catch(toNothing))
  return judgeWeaknesses({ details, isServer: place.holdsServerCertificates })
}

/** A list that may not be null says nothing rather than take its certificate away. */
function toNothing(reason: unknown) {
  if (isReadingFailure(reason)) return noX509Details
  throw reason
}
