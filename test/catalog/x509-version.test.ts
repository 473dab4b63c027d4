import { createHash } from 'node:crypto'
import { expect, it } from '@jest/globals'
import { parseX509, x509ParserVersion } from '../../src/catalog/x509.ts'
import { oddCertificates } from '../support/odd-certificates.ts'
import { rareCertificates } from '../support/rare-certificates.ts'

/**
 * What each version of the parser returns for the certificates of the tests. Details are kept for good under the version: when
 * this test fails because the parser returns something else, raise `x509ParserVersion` and add a line.
 */
const digests: Readonly<Record<number, string>> = {
  1: 'S2ub6OuNTaEL4QxVzt50jtvAYuBFVzF03p28tZ5x73k',
}

it('the version of the X.509 parser is raised with every change of what it returns', () => {
  const pems = [...oddCertificates.map(([, pem]) => pem), ...Object.values(rareCertificates)]
  const parsed = pems.map((pem) => parseX509(pem))
  const digest = createHash('sha256').update(JSON.stringify(parsed)).digest('base64url')
  expect(digests[x509ParserVersion]).toBe(digest)
})
