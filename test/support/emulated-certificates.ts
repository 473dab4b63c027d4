import type { Stack } from './stack.ts'

/** What an emulator holds, in the words of the graph. */
export interface EmulatedCertificate {
  readonly provider: string
  /** Its name, else the vendor's id. */
  readonly place: string
  readonly name: string | null
  readonly expiresAt: number | null
  readonly keyAlgorithm: string | null
  readonly fingerprint: string | null
  readonly expired: boolean
}

/** Every certificate at the emulators but those that are softly deleted, straight from their state. */
export function allEmulatedCertificates({ openai, akamai, liveperson }: Stack): readonly EmulatedCertificate[] {
  const untold = { keyAlgorithm: null, fingerprint: null, expired: false }
  return [
    ...openai.state.organizations.flatMap((organization) =>
      organization.certificates.map(({ name, expiresAt }) => ({
        ...untold,
        provider: 'OPENAI',
        place: organization.name,
        name,
        expiresAt: expiresAt === null ? null : expiresAt * 1000,
      })),
    ),
    ...akamai.state.accounts.flatMap(({ contracts }) => contracts.flatMap(heldUnder)),
    ...liveperson.state.accounts.flatMap((account) =>
      account.certificates
        .filter(({ deleted }) => !deleted)
        .map(({ name, status, expirationDate }) => ({
          ...untold,
          provider: 'LIVEPERSON',
          place: account.name,
          name,
          expiresAt: expirationDate === null ? null : toTime(expirationDate),
          expired: status === 'Expired',
        })),
    ),
  ]
}

/** What is deployed in several slots of an enrollment is one certificate. */
function heldUnder({
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
