import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { beyondEveryTtl } from '../../support/changing-places.ts'
import { findOnly, rewriteAnswers } from '../../support/rewriting.ts'
import { type Stack, startStack } from '../../support/stack.ts'

interface Deployment {
  network: string
  role: string
  dnsNames: string[] | null
  ocspStapling: string | null
}

interface Certificate {
  id: string
  name: string
  commonName: string
  active: boolean | null
  expiresAt: string | null
  renewalPending: boolean
  serialNumber: string | null
  sha256Fingerprint: string | null
  keyAlgorithm: string | null
  signatureAlgorithm: string | null
  subjectAltNames: string[] | null
  parseIssues: string[]
  deployments: Deployment[]
  contract: { contractId: string }
  place: { id: string }
  enrollment: { enrollmentId: string; commonName: string }
}

let stack: Stack
beforeAll(async () => {
  stack = await startStack({ limits: false })
})
afterAll(() => stack.close())

async function read(): Promise<Certificate[]> {
  const { data, errors } = await stack.ask<{ certificates: { nodes: Certificate[]; complete: boolean } }>(
    `{ certificates(first: 100, filter: { providers: [AKAMAI] }) { complete nodes {
      id name active expiresAt createdAt serialNumber sha256Fingerprint keyAlgorithm
      signatureAlgorithm subjectAltNames parseIssues place { id }
      ... on AkamaiCertificate {
        commonName renewalPending contract { contractId } enrollment { enrollmentId commonName }
        deployments {
          network role dnsNames geography secureNetwork sniOnly quicEnabled ocspStapling disallowedTlsVersions
        }
      }
    } } }`,
  )
  expect(errors).toBeUndefined()
  expect(data.certificates.complete).toBe(true)
  return data.certificates.nodes
}

const slots = ({ deployments }: Certificate) => deployments.map(({ network, role }) => `${network} ${role}`)
const withCommonName = (commonName: string, certificates: Certificate[]) =>
  certificates.filter((certificate) => certificate.commonName === commonName)

describe('an Akamai certificate in the graph', () => {
  it('is one node with a deployment for each network', async () => {
    const certificates = await read()
    const [www, ...others] = withCommonName('www.bluequay.example', certificates)
    expect(others).toEqual([])
    expect(www && slots(www)).toEqual(['PRODUCTION PRIMARY', 'STAGING PRIMARY'])
    expect(new Set(certificates.map(({ id }) => id)).size).toBe(certificates.length)
  })

  it('is listed beside the other certificate of a multi-stacked enrollment', async () => {
    const stacked = withCommonName('track.bluequay.example', await read())
    expect(Object.fromEntries(stacked.map((each) => [each.keyAlgorithm, slots(each)]))).toEqual({
      RSA: ['PRODUCTION PRIMARY', 'STAGING PRIMARY'],
      ECDSA: ['PRODUCTION MULTI_STACKED', 'STAGING MULTI_STACKED'],
    })
    expect(new Set(stacked.map(({ enrollment }) => enrollment.enrollmentId)).size).toBe(1)
  })

  it('is active on production, and not active on staging alone', async () => {
    const certificates = await read()
    expect(withCommonName('beta.bluequay.example', certificates).map(({ active }) => active)).toEqual([false])
    expect(withCommonName('labels.bluequay.example', certificates).map(({ active }) => active)).toEqual([true])
    const [old, renewed] = withCommonName('api.bluequay.example', certificates)
    expect([old, renewed].map((each) => each && slots(each))).toEqual([['PRODUCTION PRIMARY'], ['STAGING PRIMARY']])
    expect([old?.active, renewed?.active]).toEqual([true, false])
  })

  it('has a renewal pending when a change of type renewal is pending', async () => {
    const pending = (await read()).filter(({ renewalPending }) => renewalPending)
    expect(new Set(pending.map(({ commonName }) => commonName))).toEqual(
      new Set(['api.bluequay.example', '*.customs.bluequay.example', 'invoices.clearberth.example']),
    )
  })

  it('has the settings of each network as the vendor names them', async () => {
    const certificates = await read()
    const [quotes] = withCommonName('quotes.bluequay.example', certificates)
    expect(quotes?.deployments[0]).toEqual({
      network: 'PRODUCTION',
      role: 'PRIMARY',
      dnsNames: ['quotes.bluequay.example'],
      geography: 'china+core',
      secureNetwork: 'standard-tls',
      sniOnly: true,
      quicEnabled: true,
      ocspStapling: 'on',
      disallowedTlsVersions: ['TLSv1', 'TLSv1_1'],
    })
    const stapling = certificates.flatMap(({ deployments }) => deployments.map(({ ocspStapling }) => ocspStapling))
    expect(new Set(stapling)).toEqual(new Set(['on', 'off', 'not-set']))
    expect(withCommonName('partners.bluequay.example', certificates)[0]?.deployments[0]?.dnsNames).toBeNull()
  })

  it('has normalized names, serial number and fingerprint, and null where the list has no value', async () => {
    for (const certificate of await read()) {
      expect(certificate).toMatchObject({
        name: certificate.commonName,
        createdAt: null,
      })
      expect(certificate.serialNumber).toMatch(/^(?!00)([0-9a-f]{2})+$/)
      expect(certificate.sha256Fingerprint).toMatch(/^[0-9a-f]{64}$/)
      expect(certificate.parseIssues).toEqual([])
      const names = certificate.subjectAltNames
      if (names) expect(names).toEqual([...new Set(names.map((name) => name.toLowerCase()))])
    }
  })

  it('can have an expiry with a lower-case z and no signature algorithm', async () => {
    const [legacy] = withCommonName('Legacy.Bluequay.example', await read())
    expect(legacy).toMatchObject({
      name: 'Legacy.Bluequay.example',
      subjectAltNames: ['legacy.bluequay.example'],
      expiresAt: '2029-10-18T23:59:59.000Z',
      signatureAlgorithm: null,
    })
  })

  it('is returned by certificate and node for its id', async () => {
    const certificate = findOnly(await read(), ({ commonName }) => commonName === 'pay.clearberth.example')
    const { data } = await stack.ask<{ certificate: Certificate; node: { id: string } }>(
      `query ($id: ID!) {
        certificate(id: $id) { id name ... on AkamaiCertificate { contract { contractId } } }
        node(id: $id) { id }
      }`,
      { id: certificate.id },
    )
    expect(data.certificate).toMatchObject({ name: certificate.name, contract: { contractId: 'K-2CB4PY1' } })
    expect(data.node.id).toBe(certificate.id)
  })

  it('keeps its id when the enrollment’s id is a string and the fingerprint has another notation', async () => {
    const ids = async () => (await read()).map(({ id }) => id).toSorted()
    const before = await ids()
    rewriteAnswers<{ enrollments: { id: number }[] }>(
      stack.akamai.emulator,
      '/active-certificates',
      ({ enrollments }) => ({
        enrollments: enrollments.map((row) =>
          JSON.parse(
            JSON.stringify({ ...row, id: String(row.id) }, (key, value) =>
              key === 'sha256Fingerprint' ? value.replaceAll(':', '').toLowerCase() : value,
            ),
          ),
        ),
      }),
    )
    stack.clock.advance(beyondEveryTtl)
    expect(await ids()).toEqual(before)
    expect(stack.callsTo('/cps/')).toHaveLength(4)
  })
})
