import { existsSync } from 'node:fs'
import process from 'node:process'
import { describe } from '@jest/globals'
import { openssl } from '../../scripts/openssl.ts'

export { readByOpenSSL } from '../../scripts/openssl.ts'

/** Tests with OpenSSL are skipped when it is not installed, unless CERTGRAPH_TEST_OPENSSL is `required`. */
const isPossible = existsSync(openssl) || process.env['CERTGRAPH_TEST_OPENSSL'] === 'required'
if (!isPossible) process.stderr.write(`Tests with OpenSSL are skipped: ${openssl} is missing.\n`)

export const describeWithOpenSSL = isPossible ? describe : describe.skip
