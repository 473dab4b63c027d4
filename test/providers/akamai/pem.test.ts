import { X509Certificate } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Contract, DeployedCertificate, Enrollment } from '../../../src/providers/akamai/sandbox/state.ts'
import type { Call } from '../../../src/sandbox/call.ts'
import { findOnly, firstOf, rewriteAnswers } from '../../support/rewriting.ts'
import { startStackWithSecondAccount, switchKey } from '../../support/second-account.ts'
import { type Stack, startStack } from '../../support/stack.ts'
import { until } from '../../support/until.ts'
import { failureOf } from '../../support/vendor-call.ts'

interface Certificate {
  id: string
  name: string
  keyAlgorithm: string
  sha256Fingerprint: string
  serialNumber: string
  issuer: string
  signatureAlgorithm: string | null
  subject: string | null
  validFrom: string | null
  expiresAt: string
  pem: string | null
  trustChain: string | null
  keySize: number | null
  enrollment: { enrollmentId: string }
  deployments: { network: string; role: string }[]
}

const listed = `id name keyAlgorithm sha256Fingerprint serialNumber issuer signatureAlgorithm expiresAt
  enrollment { enrollmentId } deployments { network role }`
const deep = 'subject validFrom pem trustChain keySize'

let stack: Stack
beforeEach(async () => {
  stack = await startStack()
})
afterEach(() => stack.close())

async function list(fields = deep) {
  const { data, errors } = await stack.ask<{ akamaiContract: { certificates: { nodes: Certificate[] } } }>(
    `{ akamaiContract(id: "C-1BQ7FR8") { certificates(first: 100) { nodes { ${listed} ${fields} } } } }`,
  )
  return { nodes: data.akamaiContract.certificates.nodes, errors }
}

const contract = (): Contract => firstOf(firstOf(stack.akamai.state.accounts).contracts)
const enrollment = (commonName: string): Enrollment =>
  findOnly(contract().enrollments, (each) => each.commonName === commonName)
const deployed = (): DeployedCertificate[] =>
  contract().enrollments.flatMap(({ production, staging }) =>
    [production, staging].flatMap((each) => (each ? [each.primary, ...each.multiStacked] : [])),
  )
const called = (name: string, nodes: readonly Certificate[]) => nodes.filter((node) => node.name === name)

const isDeployment = ({ path }: Call) => path.includes('/deployments/')
const deployments = () => stack.akamai.emulator.calls.filter(isDeployment)
const bare = (fingerprint: string) => fingerprint.replaceAll(':', '').toLowerCase()

/** Puts others in the place of what is deployed to production. */
function redeploy(commonName: string, production: Partial<NonNullable<Enrollment['production']>>): void {
  const row = enrollment(commonName)
  if (!row.production) throw new Error(`${commonName} is not in production`)
  const { enrollments } = contract()
  enrollments[enrollments.indexOf(row)] = { ...row, production: { ...row.production, ...production } }
}

describe('the PEM of an Akamai certificate', () => {
  it('is the deployed certificate, for multi-stacked certificates too', async () => {
    const { nodes, errors } = await list()
    expect(errors).toBeUndefined()
    for (const { pem, trustChain, sha256Fingerprint } of nodes) {
      const own = findOnly(deployed(), (each) => bare(each.sha256Fingerprint) === sha256Fingerprint)
      expect(pem).toBe(own.pem())
      expect(trustChain).toBe(own.trustChain)
    }
    const stacked = called('track.bluequay.example', nodes)
    expect(Object.fromEntries(stacked.map((each) => [each.keyAlgorithm, each.keySize]))).toEqual({
      RSA: 2048,
      ECDSA: 256,
    })
    expect(new Set(stacked.map(({ pem }) => pem)).size).toBe(2)
    expect(nodes.filter(({ trustChain }) => trustChain === null).map(({ name }) => name)).toEqual([
      'Legacy.Bluequay.example',
    ])
  })

  it('provides subject, start and key size, and matches the list', async () => {
    const { nodes } = await list()
    expect(nodes).toHaveLength(13)
    for (const node of nodes) {
      const parsed = new X509Certificate(node.pem ?? '')
      const { modulusLength, namedCurve } = parsed.publicKey.asymmetricKeyDetails ?? {}
      expect(node).toMatchObject({
        subject: parsed.subject.split('\n').toReversed().join(','),
        issuer: parsed.issuer.split('\n').toReversed().join(','),
        validFrom: new Date(parsed.validFrom).toISOString(),
        expiresAt: new Date(parsed.validTo).toISOString(),
        sha256Fingerprint: bare(parsed.fingerprint256),
        serialNumber: parsed.serialNumber.toLowerCase(),
        keySize: modulusLength ?? { prime256v1: 256 }[namedCurve ?? ''],
      })
    }
  })

  it('comes with the chain up to the root', async () => {
    const { nodes } = await list('pem trustChain')
    const { pem, trustChain } = firstOf(called('www.bluequay.example', nodes))
    const chain = [pem, ...(trustChain ?? '').split(/\n(?=-----BEGIN)/)].map((each) => new X509Certificate(each ?? ''))
    expect(chain).toHaveLength(3)
    chain.forEach((each, index) => {
      const above = chain[index + 1] ?? each
      expect(each.checkIssued(above) && each.verify(above.publicKey)).toBe(true)
    })
  })

  it('costs one call for each enrollment and network: production, or staging for a staging deployment', async () => {
    const { nodes } = await list()
    const wanted = nodes.map(({ enrollment: { enrollmentId }, deployments }) => {
      const network = deployments.some((each) => each.network === 'PRODUCTION') ? 'production' : 'staging'
      return `/cps/v2/enrollments/${enrollmentId}/deployments/${network}`
    })
    const paths = deployments().map(({ path }) => path)
    expect(paths.toSorted()).toEqual([...new Set(wanted)].toSorted())
    expect(paths).toHaveLength(12)
    expect(new Set(deployments().map(({ headers }) => headers.accept))).toEqual(
      new Set(['application/vnd.akamai.cps.deployment.v8+json']),
    )
  })

  it.each(['pem', 'trustChain', 'keySize', 'validFrom', 'x509Issues', 'weaknesses', 'lifetimeRemaining'])(
    'shares its call with the subject and %s',
    async (field) => {
      const { nodes, errors } = await list(`subject ${field}`)
      expect(errors).toBeUndefined()
      expect(nodes.map(({ subject }) => subject)).toEqual(nodes.map(({ name }) => `CN=${name}`))
      expect(deployments()).toHaveLength(12)
    },
  )

  it('is not read for the fields of the list', async () => {
    await list('issuer subjectAltNames parseIssues')
    expect(deployments()).toEqual([])
  })

  it('is requested again by every operation', async () => {
    await list('pem')
    const [first] = deployments()
    stack.clock.advance(60_000)
    await list('pem')
    expect(deployments()).toHaveLength(24)
    expect(deployments().filter(({ path }) => path === first?.path)).toHaveLength(2)
  })

  it('is read once for the subject, start and key size, and they have the same values alone as together', async () => {
    const alone = await list('subject validFrom keySize x509Issues')
    expect(alone.errors).toBeUndefined()
    expect(deployments()).toHaveLength(12)
    stack.clock.advance(3_600_000)
    expect(await list('subject validFrom keySize x509Issues')).toEqual(alone)
    expect(deployments()).toHaveLength(12)
    for (const { subject, validFrom, keySize } of alone.nodes) {
      expect([subject, validFrom, keySize]).toEqual([expect.any(String), expect.any(String), expect.any(Number)])
    }
  })

  it('is read with the switch key of the account', async () => {
    await stack.close()
    const { own, ...started } = await startStackWithSecondAccount()
    stack = started.stack
    const { errors } = await stack.ask(`{ akamaiContract(id: "${own}") { certificates { nodes { pem } } } }`)
    expect(errors).toBeUndefined()
    expect(deployments().map(({ query }) => query.get('accountSwitchKey'))).toEqual([switchKey])
  })

  it('is generated on request for scaled data, and matches the list', async () => {
    await stack.close()
    const akamai = { contractsPerAccount: 1, enrollmentsPerContract: 5 }
    stack = await startStack({ scale: { akamai } })
    const { data, errors } = await stack.ask<{ akamaiContract: { certificates: { nodes: Certificate[] } } }>(
      `{ akamaiContract(id: "C-0S0") { certificates { nodes { ${listed} ${deep} } } } }`,
    )
    expect(errors).toBeUndefined()
    for (const node of data.akamaiContract.certificates.nodes) {
      const parsed = new X509Certificate(node.pem ?? '')
      expect(node).toMatchObject({
        subject: `CN=${node.name}`,
        sha256Fingerprint: bare(parsed.fingerprint256),
        serialNumber: parsed.serialNumber.toLowerCase(),
        expiresAt: new Date(parsed.validTo).toISOString(),
      })
    }
    expect(deployments()).toHaveLength(5)
  })
})

describe('when the vendor', () => {
  it('lacks the deployment, the PEM fields of its certificates alone are errors', async () => {
    const { id } = enrollment('track.bluequay.example')
    stack.akamai.emulator.fault({
      match: ({ path }) => path.includes(`/${id}/deployments/production`),
      effect: { status: 404 },
    })
    const { nodes, errors } = await list()
    for (const node of called('track.bluequay.example', nodes)) {
      expect(node).toMatchObject({ pem: null, trustChain: null, keySize: null, subject: null, validFrom: null })
    }
    expect(errors).toHaveLength(10)
    expect(new Set(errors?.map(({ path }) => path?.at(-1)))).toEqual(
      new Set(['pem', 'trustChain', 'keySize', 'subject', 'validFrom']),
    )
    for (const { extensions } of errors ?? []) {
      expect(extensions).toMatchObject({ code: 'UPSTREAM_NOT_FOUND', provider: 'AKAMAI', httpStatus: 404 })
    }
    expect(nodes.filter(({ pem }) => pem === null)).toHaveLength(2)
  })

  it('has deployed another certificate since, its PEM is not returned', async () => {
    await list('id')
    const { production } = enrollment('www.bluequay.example')
    const { production: other } = enrollment('quotes.bluequay.example')
    if (!production || !other) throw new Error('not deployed')
    redeploy('www.bluequay.example', { primary: other.primary, multiStacked: [] })
    const { nodes, errors } = await list('pem')
    expect(firstOf(called('www.bluequay.example', nodes)).pem).toBeNull()
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('has no PEM of this certificate'),
        extensions: { code: 'UPSTREAM_NOT_FOUND', provider: 'AKAMAI', place: expect.any(String) },
      },
    ])
    expect(errors?.[0]?.extensions).not.toHaveProperty('httpStatus')
  })

  it('has moved a certificate to another slot since, it is found there', async () => {
    await list('id')
    const { production } = enrollment('track.bluequay.example')
    if (!production) throw new Error('not deployed')
    const [ecdsa] = production.multiStacked
    if (!ecdsa) throw new Error('not stacked')
    redeploy('track.bluequay.example', { primary: ecdsa, multiStacked: [production.primary] })
    const { nodes, errors } = await list('pem keySize')
    expect(errors).toBeUndefined()
    for (const { pem, sha256Fingerprint } of called('track.bluequay.example', nodes)) {
      expect(bare(new X509Certificate(pem ?? '').fingerprint256)).toBe(sha256Fingerprint)
    }
  })

  it.each<[string, (body: Record<string, unknown>) => unknown, string]>([
    ['what is no PEM', (body) => ({ ...body, primaryCertificate: { certificate: 'secret!' } }), 'MALFORMED_RESPONSE'],
    ['what is no certificate', (body) => ({ ...body, primaryCertificate: 'secret!' }), 'MALFORMED_RESPONSE'],
    ['nothing of what is deployed', () => ({ secret: 'secret!' }), 'MALFORMED_RESPONSE'],
    ['no PEM', (body) => ({ ...body, primaryCertificate: { certificate: null, trustChain: 'secret!' } }), 'NOT_FOUND'],
    ['that nothing is deployed', (body) => ({ ...body, primaryCertificate: null }), 'NOT_FOUND'],
  ])('answers %s, the error does not quote the response', async (_, patch, code) => {
    const { id } = enrollment('www.bluequay.example')
    rewriteAnswers<Record<string, unknown>>(stack.akamai.emulator, `/${id}/deployments/production`, patch)
    const { nodes, errors } = await list()
    expect(firstOf(called('www.bluequay.example', nodes))).toMatchObject({ pem: null, subject: null })
    expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(Array(5).fill(`UPSTREAM_${code}`))
    expect(JSON.stringify([errors, stack.log])).not.toMatch(/secret!|CERTIFICATE-/)
  })

  it('does not answer and the client disconnects, the call is aborted', async () => {
    stack.akamai.emulator.fault({ match: isDeployment, effect: 'hang' })
    const client = new AbortController()
    const failure = failureOf(
      stack.ask(`{ akamaiContract(id: "C-1BQ7FR8") { certificates { nodes { ${deep} } } } }`, {}, client.signal),
    )
    await until(() => deployments().length === 8)
    client.abort()
    expect(await failure).toMatchObject({ name: 'AbortError' })
    await until(() => deployments().every(({ aborted }) => aborted))
  })

  it('lists an invalid id, no call is made for it', async () => {
    rewriteAnswers<{ enrollments: object[] }>(stack.akamai.emulator, '/active-certificates', ({ enrollments }) => ({
      enrollments: [{ ...enrollments[0], id: '../../contracts' }],
    }))
    const { nodes, errors } = await list('pem')
    expect(nodes).toMatchObject([{ pem: null }])
    expect(errors).toHaveLength(1)
    expect(deployments()).toEqual([])
  })
})

it('the log contains no PEM', async () => {
  await list()
  expect(JSON.stringify(stack.log)).not.toContain('BEGIN CERTIFICATE')
})
