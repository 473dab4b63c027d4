import type { X509Details } from './x509.ts'

export const certificateWeaknesses = [
  'EC_BELOW_256',
  'LIFETIME_OVER_398_DAYS',
  'MD5_SIGNATURE',
  'RSA_BELOW_2048',
  'SHA1_SIGNATURE',
] as const
export type CertificateWeakness = (typeof certificateWeaknesses)[number]

/** The facts that the checks need. */
export interface WeaknessInput {
  readonly details: Pick<X509Details, 'keyAlgorithm' | 'keySize' | 'signatureAlgorithm' | 'validFrom' | 'expiresAt'>
  /** Whether a server presents it to public clients. */
  readonly isServer: boolean
}

export interface WeaknessVerdict {
  readonly weaknesses: readonly CertificateWeakness[]
  /** The weaknesses that could be checked. Those that are not in `weaknesses` are known to be absent. */
  readonly checked: readonly CertificateWeakness[]
}

/** Checks a certificate for each weakness, as far as the facts are known. */
export function findWeaknesses(input: WeaknessInput): WeaknessVerdict {
  const results = certificateWeaknesses.map((weakness) => ({ weakness, isWeak: tests[weakness](input) }))
  const checked = results.filter(({ isWeak }) => isWeak !== null)
  return {
    weaknesses: checked.filter(({ isWeak }) => isWeak).map(({ weakness }) => weakness),
    checked: checked.map(({ weakness }) => weakness),
  }
}

const maxLifetime = 398 * 86_400_000

/** Whether a certificate has a weakness. Null when too little is known. */
const tests: Readonly<Record<CertificateWeakness, (input: WeaknessInput) => boolean | null>> = {
  SHA1_SIGNATURE: ({ details: { signatureAlgorithm } }) =>
    signatureAlgorithm === null ? null : /sha-?1(?!\d)/i.test(signatureAlgorithm),
  // MD2 and MD4 are older and weaker than MD5.
  MD5_SIGNATURE: ({ details: { signatureAlgorithm } }) =>
    signatureAlgorithm === null ? null : /md-?[245](?!\d)/i.test(signatureAlgorithm),
  RSA_BELOW_2048: ({ details }) => isKeyBelow(details, 'RSA', 2048),
  EC_BELOW_256: ({ details }) => isKeyBelow(details, 'ECDSA', 256),
  // CA/Browser Forum, Baseline Requirements, 6.3.2: server certificates only.
  LIFETIME_OVER_398_DAYS: ({ details: { validFrom, expiresAt }, isServer }) =>
    isServer && validFrom !== null && expiresAt !== null ? expiresAt - validFrom > maxLifetime : null,
}

/** Any other text is a vendor's own name, which may mean one of these. */
const keyAlgorithms: ReadonlySet<string | null> = new Set(['RSA', 'ECDSA', 'Ed25519', 'Ed448'])

function isKeyBelow(
  { keyAlgorithm, keySize }: WeaknessInput['details'],
  kind: string,
  minSize: number,
): boolean | null {
  if (!keyAlgorithms.has(keyAlgorithm)) return null
  if (keyAlgorithm !== kind) return false
  return keySize === null ? null : keySize < minSize
}
