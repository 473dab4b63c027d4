import type { X509Details } from './x509.ts'

export const certificateWeaknesses = [
  'EC_BELOW_256',
  'LIFETIME_OVER_BASELINE',
  'MD5_SIGNATURE',
  'RSA_BELOW_2048',
  'SHA1_SIGNATURE',
] as const
export type CertificateWeakness = (typeof certificateWeaknesses)[number]

/** The fields that the checks need. */
export const weaknessFields = [
  'keyAlgorithm',
  'keySize',
  'signatureAlgorithm',
  'validFrom',
  'expiresAt',
  'extendedKeyUsage',
] as const satisfies readonly (keyof X509Details)[]

type WeaknessInput = Pick<X509Details, (typeof weaknessFields)[number]>

export interface WeaknessVerdict {
  readonly weaknesses: readonly CertificateWeakness[]
  /** The weaknesses that could be checked. Those that are not in `weaknesses` are known to be absent. */
  readonly checked: readonly CertificateWeakness[]
}

/** Checks a certificate for each weakness, as far as the facts are known. */
export function findWeaknesses(details: WeaknessInput): WeaknessVerdict {
  const results = certificateWeaknesses.map((weakness) => ({ weakness, isWeak: tests[weakness](details) }))
  const checked = results.filter(({ isWeak }) => isWeak !== null)
  return {
    weaknesses: checked.filter(({ isWeak }) => isWeak).map(({ weakness }) => weakness),
    checked: checked.map(({ weakness }) => weakness),
  }
}

/** Whether a certificate has a weakness. Null when too little is known. */
const tests: Readonly<Record<CertificateWeakness, (details: WeaknessInput) => boolean | null>> = {
  SHA1_SIGNATURE: ({ signatureAlgorithm }) =>
    signatureAlgorithm === null ? null : /sha-?1(?!\d)/i.test(signatureAlgorithm),
  // MD2 and MD4 are older and weaker than MD5.
  MD5_SIGNATURE: ({ signatureAlgorithm }) =>
    signatureAlgorithm === null ? null : /md-?[245](?!\d)/i.test(signatureAlgorithm),
  RSA_BELOW_2048: (details) => isKeyBelow(details, 'RSA', 2048),
  EC_BELOW_256: (details) => isKeyBelow(details, 'ECDSA', 256),
  LIFETIME_OVER_BASELINE: isLifetimeOver,
}

/** Any other text is a vendor's own name, which may mean one of these. */
const keyAlgorithms: ReadonlySet<string | null> = new Set(['RSA', 'ECDSA', 'Ed25519', 'Ed448'])

function isKeyBelow({ keyAlgorithm, keySize }: WeaknessInput, kind: string, minSize: number): boolean | null {
  if (!keyAlgorithms.has(keyAlgorithm)) return null
  if (keyAlgorithm !== kind) return false
  return keySize === null ? null : keySize < minSize
}

const day = 86_400_000
const second = 1000

/**
 * The longest validity of a server certificate in days, by the day on which it starts; newest first. CA/Browser Forum,
 * Baseline Requirements for TLS server certificates, 6.3.2 (ballots 193, SC31 and SC081v3).
 */
const maxLifetimes = [
  { from: Date.UTC(2029, 2, 15), days: 47 },
  { from: Date.UTC(2027, 2, 15), days: 100 },
  { from: Date.UTC(2026, 2, 15), days: 200 },
  { from: Date.UTC(2020, 8, 1), days: 398 },
  { from: Date.UTC(2018, 2, 1), days: 825 },
]

function isLifetimeOver(details: WeaknessInput): boolean | null {
  const { validFrom, expiresAt } = details
  const isServer = isServerCertificate(details)
  if (!isServer) return isServer
  if (validFrom === null || expiresAt === null) return null
  const limit = maxLifetimes.find(({ from }) => validFrom >= from)
  // Both ends are part of the validity (RFC 5280, 4.1.2.5): it ends after the second of notAfter.
  return limit !== undefined && expiresAt + second - validFrom > limit.days * day
}

const serverAuth = '1.3.6.1.5.5.7.3.1'

/** A key without an extended key usage may be used by a server. Null when the usage is not known. */
function isServerCertificate({ extendedKeyUsage }: WeaknessInput): boolean | null {
  return extendedKeyUsage && (extendedKeyUsage.length === 0 || extendedKeyUsage.includes(serverAuth))
}
