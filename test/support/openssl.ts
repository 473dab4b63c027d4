import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import process from 'node:process'
import { describe } from '@jest/globals'

const BINARY = '/usr/bin/openssl'

/** Tests with OpenSSL are skipped when it is not installed, unless CERTGRAPH_TEST_OPENSSL is `required`. */
const isPossible = existsSync(BINARY) || process.env['CERTGRAPH_TEST_OPENSSL'] === 'required'
if (!isPossible) process.stderr.write(`Tests with OpenSSL are skipped: ${BINARY} is missing.\n`)

export const describeWithOpenSSL = isPossible ? describe : describe.skip

/** The fields that OpenSSL prints. Names are in UTF-8, most specific part first. */
export function readByOpenSSL(pem: string) {
  const print = (...options: string[]) =>
    execFileSync(BINARY, ['x509', '-noout', '-nameopt', 'RFC2253,-esc_msb,utf8', ...options], {
      input: pem,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    })
  const lines = print('-subject', '-issuer', '-serial', '-fingerprint', '-sha256', '-dates').trim().split('\n')
  const values = Object.fromEntries(lines.map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]))
  const text = print('-text')
  return {
    subject: values['subject'],
    issuer: values['issuer'],
    serialNumber: values['serial']?.toLowerCase(),
    sha256Fingerprint: values['sha256 Fingerprint']?.replaceAll(':', '').toLowerCase(),
    validFrom: toISO(values['notBefore']),
    expiresAt: toISO(values['notAfter']),
    /** Null for a key type with one size, which OpenSSL does not print. */
    keySize: toNumber(/Public-Key: \((\d+) bit\)/.exec(text)?.[1]),
    isCA: /Basic Constraints:[^\n]*\n\s*CA:TRUE/.test(text),
    subjectAltNames: (/Subject Alternative Name:[^\n]*\n(.*)/.exec(text)?.[1] ?? '')
      .split(', ')
      .map((name) => name.trim())
      .filter(Boolean),
  }
}

function toISO(date = ''): string {
  return new Date(date).toISOString()
}

function toNumber(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits)
}
