import { expect, it } from '@jest/globals'
import { compareWithOpenSSL } from '../../scripts/compare-certificates.ts'
import { oddCertificates } from '../support/odd-certificates.ts'
import { describeWithOpenSSL } from '../support/openssl.ts'

describeWithOpenSSL('a certificate', () => {
  it.each(oddCertificates)('is read as by OpenSSL: %s', (_, pem) => {
    expect(compareWithOpenSSL(pem)).toEqual([])
  })
})
