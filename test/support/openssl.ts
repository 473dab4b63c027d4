import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import process from 'node:process'
import { describe } from '@jest/globals'

const BINARY = '/usr/bin/openssl'

/** Node and npm are enough where a developer has no OpenSSL; where one is required, a missing one is a failure. */
const isPossible = existsSync(BINARY) || process.env['CERTGRAPH_TEST_OPENSSL'] === 'required'
if (!isPossible) process.stderr.write(`Nothing is compared with OpenSSL: there is no ${BINARY} here.\n`)

export const describeWithOpenSSL = isPossible ? describe : describe.skip

/** What OpenSSL prints of a certificate. Names are in UTF-8, the most specific part first. */
export function readByOpenSSL(pem: string) {
  const print = (...options: string[]) =>
    execFileSync(BINARY, ['x509', '-noout', '-nameopt', 'RFC2253,-esc_msb,utf8', ...options], {
      input: pem,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    })
  const lines = print('-subject', '-issuer', '-serial', '-fingerprint', '-sha256', '-dates').trim().split('\n')
  const told = Object.fromEntries(lines.map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]))
  const text = print('-text')
  return {
    subject: told['subject'],
    issuer: told['issuer'],
    serialNumber: told['serial']?.toLowerCase(),
    sha256Fingerprint: told['sha256 Fingerprint']?.replaceAll(':', '').toLowerCase(),
    validFrom: toISO(told['notBefore']),
    expiresAt: toISO(told['notAfter']),
    /** Null for a key whose kind has one size alone: none is printed then. */
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
