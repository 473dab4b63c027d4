import type { Stack } from './stack.ts'

/** A certificate in the state of an emulator, in the terms of the API. */
export interface EmulatedCertificate {
  readonly provider: string
  /** The name of the place, or the vendor's id where it has no name. */
  readonly place: string
  readonly name: string | null
  readonly expiresAt: number | null
  readonly keyAlgorithm: string | null
  readonly fingerprint: string | null
  readonly expired: boolean
}

/** Every certificate in the state of the emulators except soft-deleted ones. */
export function allEmulatedCertificates({ openai, akamai, liveperson }: Stack): readonly EmulatedCertificate[] {
  const absent = { keyAlgorithm: null, fingerprint: null, expired: false }
  return [
    ...openai.state.organizations.flatMap((organization) =>
      organization.certificates.map(({ name, expiresAt }) => ({
        ...absent,
        provider: 'OPENAI',
        place: organization.name,
        name,
        expiresAt: expiresAt === null ? null : expiresAt * 1000,
      })),
    ),
    ...akamai.state.accounts.flatMap(({ contracts }) => contracts.flatMap(certificatesOf)),
    ...liveperson.state.accounts.flatMap((account) =>
      account.certificates
        .filter(({ deleted }) => !deleted)
        .map(({ name, status, expirationDate }) => ({
          ...absent,
          provider: 'LIVEPERSON',
          place: account.name,
          name,
          expiresAt: expirationDate === null ? null : toTime(expirationDate),
          expired: status === 'Expired',
        })),
    ),
  ]
}

/** A certificate that is deployed in several slots of an enrollment counts once. */
function certificatesOf({
  id,
  enrollments,
}: Stack['akamai']['state']['accounts'][number]['contracts'][number]): EmulatedCertificate[] {
  return enrollments.flatMap(({ commonName, production, staging }) => {
    const deployed = [production, staging].flatMap((each) => (each ? [each.primary, ...each.multiStacked] : []))
    const distinct = new Map(deployed.map((each) => [each.sha256Fingerprint, each]))
    return [...distinct.values()].map(({ expiry, keyAlgorithm, sha256Fingerprint }) => ({
      provider: 'AKAMAI',
      place: id,
      name: commonName,
      expiresAt: Date.parse(expiry.toUpperCase()),
      keyAlgorithm,
      fingerprint: sha256Fingerprint.replaceAll(':', '').toLowerCase(),
      expired: false,
    }))
  })
}

function toTime(text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  return Date.parse(text.endsWith('Z') ? text : `${text.replace(' ', 'T')}Z`)
}
