import { X509Certificate } from 'node:crypto'

/** Times are Unix seconds. */
interface TrustAnchor {
  readonly pem: string
  readonly validAt: number
  readonly expiresAt: number
}

const maxBytes = 16 * 1024
const day = 86_400_000

/** Checks an uploaded certificate as the vendor's help describes, except for key usages. */
export function parseTrustAnchor(text: unknown, now: number): TrustAnchor | { readonly rejected: string } {
  if (typeof text !== 'string') return { rejected: 'has to be a string in PEM' }
  if (text.includes('PRIVATE KEY')) return { rejected: 'must not contain a private key' }
  if (Buffer.byteLength(text) >= maxBytes) return { rejected: `has to be shorter than ${maxBytes} bytes` }
  const blocks = [...text.matchAll(/-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g)]
  const [[, base64 = ''] = []] = blocks
  const certificate = blocks.length === 1 ? parse(base64) : undefined
  if (!certificate) return { rejected: 'has to be one X.509 certificate in PEM' }
  if (!certificate.ca) return { rejected: 'has to be a CA certificate' }
  const [validAt, expiresAt] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)]
  if (expiresAt <= now + day) return { rejected: 'must not expire within a day' }
  return { pem: text, validAt: validAt / 1000, expiresAt: expiresAt / 1000 }
}

/** Parses DER: Node.js rejects PEM on one line, which is common with this vendor. */
function parse(base64: string): X509Certificate | undefined {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'))
  } catch {
    return undefined
  }
}
