import { describe, expect, it } from '@jest/globals'
import { parseDeployment } from '../../../src/providers/akamai/wire-network.ts'

describe('parseDeployment', () => {
  const certificate = { certificate: 'PEM', trustChain: 'PEMs', keyAlgorithm: 'RSA' }

  it('returns the primary and the multi-stacked certificates', () => {
    const deployment = { primaryCertificate: certificate, multiStackedCertificates: [{ ...certificate, expiry: 'x' }] }
    expect(parseDeployment(deployment)).toEqual({
      primaryCertificate: certificate,
      multiStackedCertificates: [certificate],
      unreadable: 0,
    })
  })

  it.each([
    { primaryCertificate: null },
    { multiStackedCertificates: null },
    { primaryCertificate: null, multiStackedCertificates: [null] },
  ])('accepts a network without certificates: %j', (body) => {
    expect(parseDeployment(body)).toEqual({ primaryCertificate: null, multiStackedCertificates: [], unreadable: 0 })
  })

  it('returns null for an empty PEM', () => {
    const { primaryCertificate } = parseDeployment({ primaryCertificate: { certificate: '', trustChain: null } })
    expect(primaryCertificate).toEqual({ certificate: null, trustChain: null, keyAlgorithm: null })
  })

  it.each<[number, object]>([
    [1, { primaryCertificate: 'PEM' }],
    [1, { primaryCertificate: null, multiStackedCertificates: 'PEM' }],
    [2, { primaryCertificate: [], multiStackedCertificates: [7, null, {}] }],
  ])('counts %d unreadable certificates in %j', (unreadable, body) => {
    expect(parseDeployment(body).unreadable).toBe(unreadable)
  })

  it.each([null, [], 'PEM', {}, { networkConfiguration: {} }])('rejects %j', (body) => {
    expect(() => parseDeployment(body)).toThrow()
  })
})
