import { parseGlobalId } from '../../providers/global-id.ts'
import { toLine } from '../plain-line.ts'
import type { CheckedCertificate } from './operation.ts'

/** The name of a certificate, or the vendor's id of one without a name. */
export function nameOf(certificate: Pick<CheckedCertificate, 'id' | 'name' | 'place'>): string {
  const { name } = certificate
  return name === null || toLine(name) === '' ? vendorIdOf(certificate) : name
}

/** The vendor's id within the place, which global ids end with. */
export function vendorIdOf({ id, place }: Pick<CheckedCertificate, 'id' | 'place'>): string {
  const key = keyOf(id)
  return key.slice(key.indexOf(place.vendorId) + 1).join('/') || id
}

function keyOf(id: string): readonly string[] {
  try {
    return parseGlobalId(id).key
  } catch {
    // A newer server may have other ids.
    return []
  }
}
