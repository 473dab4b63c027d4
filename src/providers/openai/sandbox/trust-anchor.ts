import { X509Certificate } from 'node:crypto'

/** Times are Unix seconds. */
interface TrustAnchor {
  readonly pem: string
  readonly validAt: number
  readonly expiresAt: number
}

const mostBytes = 16 * 1024
const day = 86_400_000

/** What the vendor's help asks of a certificate that clients are to be checked by; key usages are not looked at here. */
export function readTrustAnchor(text: unknown, now: number): TrustAnchor | { readonly refused: string } {
  if (typeof text !== 'string') return { refused: 'has to be a text in PEM' }
  if (text.includes('PRIVATE KEY')) return { refused: 'must not hold a private key' }
  if (Buffer.byteLength(text) >= mostBytes) return { refused: `has to be shorter than ${mostBytes} bytes` }
  const blocks = [...text.matchAll(/-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g)]
  const [[, base64 = ''] = []] = blocks
  const certificate = blocks.length === 1 ? parse(base64) : undefined
  if (!certificate) return { refused: 'has to be one X.509 certificate in PEM' }
  if (!certificate.ca) return { refused: 'has to be that of a certificate authority' }
  const [validAt, expiresAt] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)]
  if (expiresAt <= now + day) return { refused: 'must not end within a day' }
  return { pem: text, validAt: validAt / 1000, expiresAt: expiresAt / 1000 }
}

/** PEM on one line is common with this vendor, and Node refuses it. */
function parse(base64: string): X509Certificate | undefined {
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'))
  } catch {
    return undefined
  }
}
