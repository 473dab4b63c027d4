import type { X509Details } from './x509.ts'

export const certificateWeaknesses = [
  'EC_BELOW_256',
  'LIFETIME_OVER_398_DAYS',
  'RSA_BELOW_2048',
  'SHA1_SIGNATURE',
] as const
export type CertificateWeakness = (typeof certificateWeaknesses)[number]

/** What a certificate is judged by. */
export interface Judged {
  readonly details: Pick<X509Details, 'keyAlgorithm' | 'keySize' | 'signatureAlgorithm' | 'validFrom' | 'expiresAt'>
  /** Whether servers show it to the world. */
  readonly isServer: boolean
}

export interface WeaknessVerdict {
  readonly weaknesses: readonly CertificateWeakness[]
  /** What could be judged at all: one of these that is no weakness is known not to be there. */
  readonly checked: readonly CertificateWeakness[]
}

/** Finds weaknesses in what is known of a certificate. */
export function judgeWeaknesses(judged: Judged): WeaknessVerdict {
  const verdicts = certificateWeaknesses.map((weakness) => ({ weakness, isWeak: tests[weakness](judged) }))
  const checked = verdicts.filter(({ isWeak }) => isWeak !== null)
  return {
    weaknesses: checked.filter(({ isWeak }) => isWeak).map(({ weakness }) => weakness),
    checked: checked.map(({ weakness }) => weakness),
  }
}

const longestLifetime = 398 * 86_400_000

/** Whether a certificate has a weakness; null when too little is known of it. */
const tests: Readonly<Record<CertificateWeakness, (judged: Judged) => boolean | null>> = {
  SHA1_SIGNATURE: ({ details: { signatureAlgorithm } }) =>
    signatureAlgorithm === null ? null : /sha-?1(?!\d)/i.test(signatureAlgorithm),
  RSA_BELOW_2048: ({ details }) => isKeyBelow(details, 'RSA', 2048),
  EC_BELOW_256: ({ details }) => isKeyBelow(details, 'ECDSA', 256),
  // CA/Browser Forum, Baseline Requirements, 6.3.2: for the certificates of servers alone.
  LIFETIME_OVER_398_DAYS: ({ details: { validFrom, expiresAt }, isServer }) =>
    isServer && validFrom !== null && expiresAt !== null ? expiresAt - validFrom > longestLifetime : null,
}

/** A vendor's own word for another kind of key says nothing: it may be a kind of these. */
const keyAlgorithms: ReadonlySet<string | null> = new Set(['RSA', 'ECDSA', 'Ed25519', 'Ed448'])

function isKeyBelow({ keyAlgorithm, keySize }: Judged['details'], kind: string, least: number): boolean | null {
  if (!keyAlgorithms.has(keyAlgorithm)) return null
  if (keyAlgorithm !== kind) return false
  return keySize === null ? null : keySize < least
}
