import { X509Certificate } from 'node:crypto'
import { InputError } from '../input-error.ts'
import { derOf, parseX509, type X509Details } from './x509.ts'

/** A CA certificate that is to be trusted. */
export interface TrustAnchor {
  /** In lines of 64 characters, and nothing besides. */
  readonly pem: string
  readonly details: X509Details
}

const mostBytes = 16 * 1024
const day = 86_400_000

/**
 * Checks a certificate that somebody wants to have trusted.
 * @throws InputError unless it is one CA certificate in PEM, shorter than 16 kB, that ends later than a day from now
 */
export function parseTrustAnchor(text: string, what: string, now: number): TrustAnchor {
  refusePrivateKey(text, what)
  const bytes = Buffer.byteLength(text)
  if (bytes >= mostBytes) throw new InputError(`${what}: ${bytes} bytes; expected less than ${mostBytes}`)
  const blocks = [...text.matchAll(/-----BEGIN ([^-]{0,40})[^-]*-----/g)].map(([, label]) => label)
  if (blocks.length !== 1 || blocks[0] !== 'CERTIFICATE')
    throw new InputError(
      `${what}: PEM of ${blocks.length === 1 ? `one ${blocks[0]}` : `${blocks.length} blocks`}; expected a single CERTIFICATE`,
    )
  const anchor = parse(text, what)
  const { isCA, expiresAt } = anchor.details
  if (!isCA) throw new InputError(`${what}: no CA certificate; expected one whose basic constraints say CA:TRUE`)
  if (expiresAt === null || expiresAt <= now + day)
    throw new InputError(`${what}: ends ${dateOf(expiresAt)}; expected later than a day from now`)
  return anchor
}

/** A private key must never be sent anywhere; what is in it is repeated to nobody. @throws InputError */
export function refusePrivateKey(text: string, what: string): void {
  if (/PRIVATE KEY/i.test(text))
    throw new InputError(`${what}: holds a private key, which was sent on to nobody; replace that key`)
}

function parse(text: string, what: string): TrustAnchor {
  try {
    return { pem: new X509Certificate(derOf(text)).toString(), details: parseX509(text) }
  } catch {
    throw new InputError(`${what}: no X.509 certificate in PEM`)
  }
}

function dateOf(moment: number | null): string {
  return moment === null ? 'nobody knows when' : new Date(moment).toISOString()
}
