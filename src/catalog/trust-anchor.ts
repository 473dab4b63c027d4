import { X509Certificate } from 'node:crypto'
import { InputError } from '../input-error.ts'
import { derOf, parseX509, type X509Details } from './x509.ts'

/** A CA certificate to upload. */
export interface TrustAnchor {
  /** In lines of 64 characters, without other text. */
  readonly pem: string
  readonly details: X509Details
}

const maxBytes = 16 * 1024
const day = 86_400_000

/**
 * Parses a CA certificate to upload.
 * @throws InputError unless the text is one CA certificate in PEM, below 16 KiB, that expires later than in a day
 */
export function parseTrustAnchor(text: string, what: string, now: number): TrustAnchor {
  rejectPrivateKey(text, what)
  const bytes = Buffer.byteLength(text)
  if (bytes >= maxBytes) throw new InputError(`${what}: ${bytes} bytes; expected fewer than ${maxBytes}`)
  const blocks = [...text.matchAll(/-----BEGIN ([^-]{0,40})[^-]*-----/g)].map(([, label]) => label)
  if (blocks.length !== 1 || blocks[0] !== 'CERTIFICATE')
    throw new InputError(
      `${what}: PEM of ${blocks.length === 1 ? `one ${blocks[0]}` : `${blocks.length} blocks`}; expected a single CERTIFICATE`,
    )
  const anchor = parse(text, what)
  const { isCA, expiresAt } = anchor.details
  if (!isCA) throw new InputError(`${what}: not a CA certificate; expected basic constraints with CA:TRUE`)
  if (expiresAt === null || expiresAt <= now + day)
    throw new InputError(`${what}: expires ${dateOf(expiresAt)}; expected an expiry later than a day from now`)
  return anchor
}

/** Rejects a text with a private key, without repeating the key. @throws InputError */
export function rejectPrivateKey(text: string, what: string): void {
  if (/PRIVATE KEY/i.test(text))
    throw new InputError(`${what}: contains a private key, which was not forwarded; replace this key`)
}

function parse(text: string, what: string): TrustAnchor {
  try {
    return { pem: new X509Certificate(derOf(text)).toString(), details: parseX509(text) }
  } catch {
    throw new InputError(`${what}: not an X.509 certificate in PEM`)
  }
}

function dateOf(moment: number | null): string {
  return moment === null ? 'at an unknown date' : new Date(moment).toISOString()
}
