import { createHash } from 'node:crypto'
import { type NameAttributes, parseNameAttributes } from '../catalog/name-attributes.ts'
import { parseGlobalId } from '../providers/global-id.ts'
import type { PlacedCertificate } from '../providers/place.ts'
import { type Redact, toTextLabel } from './label-value.ts'
import type { Labels } from './text-format.ts'

const noAttributes: NameAttributes = new Map()

/** Issuers repeat: thousands of certificates have the same one. */
const maxIssuers = 1_000

/** Creates the function that makes the labels of a certificate. They are made of list data only, and kept with its row. */
export function createCertificateLabels(redact: Redact): (certificate: PlacedCertificate) => Labels {
  const kept = new WeakMap<PlacedCertificate, Labels>()
  const issuers = new Map<string, NameAttributes>()

  function attributesOf(name: string | null | undefined): NameAttributes {
    if (!name) return noAttributes
    const known = issuers.get(name)
    if (known) return known
    const attributes = parseNameAttributes(name)
    if (issuers.size >= maxIssuers) issuers.clear()
    issuers.set(name, attributes)
    return attributes
  }

  return (certificate) => {
    const known = kept.get(certificate)
    if (known) return known
    const { x509, name, provider, place, id } = certificate
    const subject = x509.subject ? parseNameAttributes(x509.subject) : noAttributes
    const issuer = attributesOf(x509.issuer)
    const text = (value: string | null | undefined) => toTextLabel(value, redact)
    // The vendor's ids of the place and of the certificate, or of the enrollment that it belongs to.
    const path = parseGlobalId(id).key.slice(0, 2)
    const labels: Labels = {
      serial_number: toDecimal(x509.serialNumber ?? null),
      subject_C: text(subject.get('C')),
      subject_ST: text(subject.get('ST')),
      subject_L: text(subject.get('L')),
      subject_O: text(subject.get('O')),
      subject_OU: text(subject.get('OU')),
      subject_CN: text(subject.get('CN') ?? name),
      issuer_C: text(issuer.get('C')),
      issuer_ST: text(issuer.get('ST')),
      issuer_L: text(issuer.get('L')),
      issuer_O: text(issuer.get('O')),
      issuer_OU: text(issuer.get('OU')),
      issuer_CN: text(issuer.get('CN')),
      filename: text(path.at(-1)),
      filepath: text([provider.toLowerCase(), ...path].join('/')),
      embedded_kind: '',
      embedded_key: '',
      secret_namespace: '',
      secret_name: '',
      secret_key: '',
      discriminator: createHash('sha256').update(id).digest('hex').slice(0, 16),
      provider,
      place: place.vendorId,
    }
    kept.set(certificate, labels)
    return labels
  }
}

/** A serial number in hex digits → decimal, as certificate exporters write it. A longer one than any real one is left out. */
function toDecimal(serialNumber: string | null): string {
  const [, sign = '', digits] = /^(-?)([0-9a-f]{1,128})$/i.exec(serialNumber ?? '') ?? []
  return digits === undefined ? '' : `${sign}${BigInt(`0x${digits}`)}`
}
