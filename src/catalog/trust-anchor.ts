import type { X509Certificate } from 'node:crypto'
import { InputError, rejectPrivateKey } from '../input-error.ts'
import { decodeBody, splitElements, splitHeaders } from './x509/pem.ts'
import { readX509, tryOpen, type X509Details } from './x509.ts'

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
  const { opened, details } = parseCertificate(parseBlock(text, what), what)
  const { isCA, expiresAt } = details
  if (isCA === null) throw new InputError(`${what}: basic constraints that cannot be read; expected CA:TRUE`)
  if (!isCA) throw new InputError(`${what}: not a CA certificate; expected basic constraints with CA:TRUE`)
  if (expiresAt === null || expiresAt <= now + day)
    throw new InputError(`${what}: expires ${dateOf(expiresAt)}; expected an expiry later than a day from now`)
  if (!opened) throw new InputError(`${what}: not a certificate that OpenSSL can read`)
  return { pem: opened.toString(), details: readX509(opened.raw) }
}

/** The text between the only BEGIN line and its END line. @throws InputError that says what was found instead */
function parseBlock(text: string, what: string): string {
  const blocks = [...text.matchAll(/-----BEGIN ([^\n]{0,40}?)-----/g)]
  const [block] = blocks
  if (!block) throw new InputError(`${what}: no BEGIN line; expected one CERTIFICATE in PEM`)
  const labels = blocks.map(([, label]) => label)
  if (blocks.length > 1)
    throw new InputError(
      `${what}: ${blocks.length} BEGIN lines (${labels.slice(0, 3).join(', ')}); expected one CERTIFICATE`,
    )
  if (labels[0] !== 'CERTIFICATE') throw new InputError(`${what}: label ${labels[0]}; expected CERTIFICATE`)
  const [body = '', end] = text.slice(block.index + block[0].length).split(/-----END ([^\n]{0,40}?)-----/, 2)
  if (end === undefined)
    throw new InputError(`${what}: END line missing; expected END CERTIFICATE after BEGIN CERTIFICATE`)
  if (end !== 'CERTIFICATE') throw new InputError(`${what}: END line with label ${end}; expected CERTIFICATE`)
  return body
}

/** The certificate in a PEM block. Zero bytes that follow it are left out. @throws InputError */
function parseCertificate(body: string, what: string): Omit<OpenedCertificate, 'rest'> {
  const { base64, hasHeaders } = splitHeaders(body)
  if (hasHeaders) throw new InputError(`${what}: RFC 1421 headers; expected only base64 between BEGIN and END`)
  if (!/^[A-Za-z0-9+/=]*$/.test(base64))
    throw new InputError(`${what}: characters that are not base64 between BEGIN and END`)
  const certificate = open(decodeBody(body))
  if (!certificate) throw new InputError(`${what}: not an X.509 certificate in PEM`)
  if (open(certificate.rest)) throw new InputError(`${what}: two certificates in one block; expected one`)
  // Zero bytes are padding of some tools. Anything else may be a part that the caller wants to upload.
  if (certificate.rest.some((byte) => byte !== 0))
    throw new InputError(`${what}: ${certificate.rest.length} bytes after the certificate; expected none`)
  return certificate
}

interface OpenedCertificate {
  readonly details: X509Details
  /** Null when OpenSSL cannot read it. Its versions differ in what they accept. */
  readonly opened: X509Certificate | null
  readonly rest: Buffer<ArrayBuffer>
}

function open(bytes: Buffer<ArrayBuffer>): OpenedCertificate | null {
  try {
    const { first, rest } = splitElements(bytes)
    return { details: readX509(first), opened: tryOpen(first), rest }
  } catch {
    return null
  }
}

function dateOf(moment: number | null): string {
  return moment === null ? 'at an unknown date' : new Date(moment).toISOString()
}
