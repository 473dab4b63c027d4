import type { PlacedCertificate } from '../providers/place.ts'

/** The name of the owner of a certificate; empty without one. */
export type OwnerOf = (certificate: PlacedCertificate) => string
