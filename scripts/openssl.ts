import { execFileSync } from 'node:child_process'

export const openssl = '/usr/bin/openssl'

/** The fields that OpenSSL prints. Names are in UTF-8, most specific part first. @throws when it cannot read the PEM */
export function readByOpenSSL(pem: string) {
  const print = (...options: string[]) =>
    execFileSync(openssl, ['x509', '-noout', '-nameopt', 'RFC2253,-esc_msb,utf8', ...options], {
      input: pem,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    })
  const lines = print('-subject', '-issuer', '-serial', '-fingerprint', '-sha256', '-dates', '-dateopt', 'iso_8601')
    .trim()
    // A long serial number is continued on the next line.
    .replaceAll('\\\n', '')
    .split('\n')
  const values = Object.fromEntries(lines.map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]))
  const text = print('-text')
  return {
    subject: toHexPairs(values['subject']),
    issuer: toHexPairs(values['issuer']),
    serialNumber: values['serial']?.toLowerCase(),
    sha256Fingerprint: values['sha256 Fingerprint']?.replaceAll(':', '').toLowerCase(),
    validFrom: toISO(values['notBefore']),
    expiresAt: toISO(values['notAfter']),
    /** OpenSSL's name; for RSASSA-PSS, that of the hash. */
    signatureAlgorithm: /Hash Algorithm: (\S+)/.exec(text)?.[1] ?? /Signature Algorithm: (\S+)/.exec(text)?.[1],
    /** Null for a key type with one size, which OpenSSL does not print. */
    keySize: toNumber(/Public-Key: \((\d+) bit\)/.exec(text)?.[1]),
    isCA: /Basic Constraints:[^\n]*\n\s*CA:TRUE/.test(text),
    subjectAltNames: (/Subject Alternative Name:[^\n]*\n(.*)/.exec(text)?.[1] ?? '')
      .split(', ')
      .map((name) => name.trim())
      .filter((name) => name !== '' && name !== '<EMPTY>'),
  }
}

/** Null for a time that OpenSSL calls bad. */
function toISO(printed = ''): string | null {
  const [, year = '', rest] = /^ *(\d+)(-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?Z)$/.exec(printed) ?? []
  return rest === undefined ? null : new Date(`${year.padStart(4, '0')}${rest.replace(' ', 'T')}`).toISOString()
}

/** Values in hex digits are compared in lower case. */
function toHexPairs(name = ''): string {
  return name.replace(/(?<==)#(?:[0-9A-F]{2})+(?=[,+]|$)/g, (hex) => hex.toLowerCase())
}

function toNumber(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits)
}
