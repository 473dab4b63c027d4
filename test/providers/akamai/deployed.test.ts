import { beforeAll, describe, expect, it } from '@jest/globals'
import type { X509Details } from '../../../src/catalog/x509.ts'
import { noX509Details, parseX509 } from '../../../src/catalog/x509.ts'
import type { AkamaiCertificate } from '../../../src/providers/akamai/certificate.ts'
import { networkOf, pemOf, toDeployed } from '../../../src/providers/akamai/deployed.ts'
import type { AkamaiDeployment } from '../../../src/providers/akamai/slots.ts'
import { issueCertificate } from '../../../src/sandbox/issue-certificate.ts'
import { endlessTimeSlice } from '../../../src/time-slice.ts'
import { createShortSlices } from '../../support/short-slices.ts'
import { failureOf } from '../../support/vendor-call.ts'

const notAfter = new Date('2030-06-30T23:59:59Z')
const names = ['rsa', 'ecdsa', 'other'] as const
const pems = new Map<string, string>()

beforeAll(async () => {
  for (const name of names) {
    const { pem } = await issueCertificate({
      subject: `CN=${name}.example`,
      serialNumber: name === 'other' ? '7b' : '0a0b',
      notBefore: new Date('2030-01-01T00:00:00Z'),
      notAfter,
      keyAlgorithm: name === 'rsa' ? 'RSA' : 'ECDSA',
    })
    pems.set(name, pem)
  }
})

type Name = (typeof names)[number]
const pemNamed = (name: Name) => pems.get(name) ?? ''
const slot = (name: Name | null, keyAlgorithm: string | null = null) => ({
  certificate: name && pemNamed(name),
  trustChain: null,
  keyAlgorithm,
})

/** A deployment with these slots, the primary slot first. */
const deployed = (...slots: readonly (Name | null)[]) => {
  const [primary, ...stacked] = slots.map((name) => slot(name))
  return toDeployed(
    { primaryCertificate: primary ?? null, multiStackedCertificates: stacked, unreadable: 0 },
    endlessTimeSlice,
  )
}

/** A listed certificate with only the fields that `pemOf` reads. */
function listed(x509: Partial<X509Details>, slots: readonly string[] = ['PRODUCTION PRIMARY'], expiresAt = +notAfter) {
  const deployments = slots.map((text) => {
    const [network, role] = text.split(' ') as [AkamaiDeployment['network'], AkamaiDeployment['role']]
    return { network, role }
  })
  const certificate = { x509: { ...noX509Details, ...x509 }, deployments, expiresAt, enrollment: { enrollmentId: '7' } }
  return certificate as unknown as AkamaiCertificate
}

const found = async (certificate: AkamaiCertificate, ...slots: readonly (Name | null)[]) => {
  const { pem } = pemOf(certificate, await deployed(...slots))
  return names.find((name) => pemNamed(name) === pem)
}
const rejection = (certificate: AkamaiCertificate, ...slots: readonly (Name | null)[]) =>
  failureOf(found(certificate, ...slots))
const notFound = {
  code: 'UPSTREAM_NOT_FOUND',
  message: expect.stringContaining('production deployment of enrollment 7'),
}

describe('the PEM of a certificate with a fingerprint', () => {
  const ofRsa = () => listed({ sha256Fingerprint: parseX509(pemNamed('rsa')).sha256Fingerprint })

  it('is found in every slot', async () => {
    expect(await found(ofRsa(), 'rsa', 'ecdsa')).toBe('rsa')
    expect(await found(ofRsa(), 'ecdsa', 'rsa')).toBe('rsa')
    expect(await found(ofRsa(), null, 'rsa')).toBe('rsa')
    expect(await found(ofRsa(), 'rsa', 'rsa')).toBe('rsa')
  })

  it('is not found when the deployment has only other certificates', async () => {
    expect(await rejection(ofRsa(), 'ecdsa', 'other')).toMatchObject(notFound)
    expect(await rejection(ofRsa(), null)).toMatchObject(notFound)
    expect(await rejection(ofRsa())).toMatchObject(notFound)
  })
})

describe('the PEM of a certificate without a fingerprint', () => {
  it('is found by its key algorithm when two certificates share the serial number', async () => {
    expect(await found(listed({ serialNumber: '0a0b', keyAlgorithm: 'RSA' }), 'ecdsa', 'rsa')).toBe('rsa')
    expect(await found(listed({ serialNumber: '0a0b', keyAlgorithm: 'ECDSA' }), 'rsa', 'ecdsa')).toBe('ecdsa')
    expect(await rejection(listed({ serialNumber: '0a0b' }), 'rsa', 'ecdsa')).toMatchObject(notFound)
  })

  it('is found by the vendor’s name for the key algorithm', async () => {
    const certificate = listed({ serialNumber: '7b', keyAlgorithm: 'EC' })
    const { pem } = pemOf(
      certificate,
      await toDeployed(
        { primaryCertificate: slot('other', 'EC'), multiStackedCertificates: [], unreadable: 0 },
        endlessTimeSlice,
      ),
    )
    expect(pem).toBe(pemNamed('other'))
  })

  it('is not found when the serial number or the key algorithm differs', async () => {
    expect(await rejection(listed({ serialNumber: '7b', keyAlgorithm: 'ECDSA' }), 'rsa', 'ecdsa')).toMatchObject(
      notFound,
    )
    expect(await rejection(listed({ serialNumber: '0a0b', keyAlgorithm: 'RSA' }), 'ecdsa')).toMatchObject(notFound)
  })
})

describe('the PEM of a certificate that is identified by its slot', () => {
  it('is the certificate in the slot when its known fields match', async () => {
    expect(await found(listed({}), 'rsa', 'ecdsa')).toBe('rsa')
    expect(await found(listed({ keyAlgorithm: 'ECDSA' }, ['PRODUCTION MULTI_STACKED']), 'rsa', 'ecdsa')).toBe('ecdsa')
  })

  it('is not found when the algorithm or the expiry differs, or when two certificates match', async () => {
    expect(await rejection(listed({ keyAlgorithm: 'ECDSA' }), 'rsa', 'ecdsa')).toMatchObject(notFound)
    expect(await rejection(listed({}, ['PRODUCTION PRIMARY'], 1), 'rsa')).toMatchObject(notFound)
    const stacked = listed({}, ['PRODUCTION MULTI_STACKED'])
    expect(await rejection(stacked, 'rsa', 'ecdsa', 'other')).toMatchObject(notFound)
    expect(await rejection(stacked, 'rsa')).toMatchObject(notFound)
  })

  it('is searched for in its role on the network that is read', async () => {
    const certificate = listed({}, ['STAGING PRIMARY', 'PRODUCTION MULTI_STACKED'])
    expect(networkOf(certificate)).toBe('PRODUCTION')
    expect(await rejection(certificate, 'rsa')).toMatchObject(notFound)
    expect(networkOf(listed({}, ['STAGING PRIMARY']))).toBe('STAGING')
  })
})

it('a PEM that cannot be parsed is reported as a malformed response, not as a missing certificate', async () => {
  const unreadable = await toDeployed(
    {
      primaryCertificate: { certificate: 'no PEM', trustChain: null, keyAlgorithm: 'RSA' },
      multiStackedCertificates: [slot('ecdsa')],
      unreadable: 0,
    },
    endlessTimeSlice,
  )
  const failure = await failureOf((async () => pemOf(listed({ sha256Fingerprint: '1'.repeat(64) }), unreadable))())
  expect(failure).toMatchObject({ code: 'UPSTREAM_MALFORMED_RESPONSE' })
  expect(String(failure)).not.toContain('no PEM')
})

it('the certificates of a deployment are parsed in slices, each after a look at the time', async () => {
  const { timeSlice, count } = createShortSlices(async () => {
    await new Promise(setImmediate)
  })
  const stacked = Array.from({ length: 100 }, () => slot('ecdsa'))
  const deployment = { primaryCertificate: slot('rsa'), multiStackedCertificates: stacked, unreadable: 0 }
  expect((await toDeployed(deployment, timeSlice)).certificates).toHaveLength(101)
  expect(count()).toBe(101)
})
