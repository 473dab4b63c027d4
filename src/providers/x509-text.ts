import { z } from 'zod'
import { type X509Details, x509ParserVersion } from '../catalog/x509.ts'

/** What is kept of a certificate: the version of the parser, the wall-clock time at which it was kept, and the details. */
const head = /^(\d{1,9}) (\d{1,15}) /
/** More characters than any head has. */
const maxHeadLength = 32

const text = z.string().nullable()
const time = z.int().nullable()

const x509Details: z.ZodType<X509Details> = z.strictObject({
  subject: text,
  issuer: text,
  serialNumber: text,
  sha256Fingerprint: text,
  keyAlgorithm: text,
  keySize: z.int().nullable(),
  signatureAlgorithm: text,
  subjectAltNames: z.array(z.string()).nullable(),
  isCA: z.boolean().nullable(),
  extendedKeyUsage: z.array(z.string()).nullable(),
  validFrom: time,
  expiresAt: time,
  issues: z.array(z.string()).nullable(),
})

/** The text that is kept of the details. Every member is a text, a number, a flag, a list or null. */
export function toX509Text(details: X509Details, keptAt: number): string {
  return `${x509ParserVersion} ${keptAt} ${JSON.stringify(details)}`
}

/** When an untrusted text was kept; null for one of another version of the parser. Does not parse the details. */
export function parseKeptAt(text: string): number | null {
  const [, version, keptAt] = head.exec(text.slice(0, maxHeadLength)) ?? []
  return Number(version) === x509ParserVersion ? Number(keptAt) : null
}

/** The details in an untrusted text; null for one that is malformed, or of another version of the parser. */
export function parseX509Text(text: string): X509Details | null {
  if (parseKeptAt(text) === null) return null
  try {
    const [start] = head.exec(text.slice(0, maxHeadLength)) ?? ['']
    return x509Details.safeParse(JSON.parse(text.slice(start.length))).data ?? null
  } catch {
    return null
  }
}
