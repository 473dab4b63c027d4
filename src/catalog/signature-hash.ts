/** Signature algorithms whose hash the parser does not name (RFC 8017, RFC 5758, NIST's object identifiers). */
const hashes: Readonly<Record<string, string>> = {
  '1.2.840.113549.1.1.2': 'MD2',
  '1.2.840.113549.1.1.4': 'MD5',
  '1.2.840.113549.1.1.14': 'SHA-224',
  '1.2.840.10045.4.3.1': 'SHA-224',
  '2.16.840.1.101.3.4.3.9': 'SHA3-224',
  '2.16.840.1.101.3.4.3.10': 'SHA3-256',
  '2.16.840.1.101.3.4.3.11': 'SHA3-384',
  '2.16.840.1.101.3.4.3.12': 'SHA3-512',
  '2.16.840.1.101.3.4.3.13': 'SHA3-224',
  '2.16.840.1.101.3.4.3.14': 'SHA3-256',
  '2.16.840.1.101.3.4.3.15': 'SHA3-384',
  '2.16.840.1.101.3.4.3.16': 'SHA3-512',
}

/** The hash of a signature; null for a scheme without one of its own to choose, such as Ed25519. */
export function signatureHash({
  name,
  hash,
}: {
  readonly name: string
  readonly hash?: { name: string }
}): string | null {
  return hash?.name ?? hashes[name] ?? null
}
