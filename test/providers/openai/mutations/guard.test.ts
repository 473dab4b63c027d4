import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { issueAuthority, readCertificates, startWriting, type Writing } from '../../../support/mutations.ts'
import { whileTimePasses } from '../../../support/passing-time.ts'
import { rewriteAnswers } from '../../../support/rewriting.ts'
import { until } from '../../../support/until.ts'

let writing: Writing
beforeAll(async () => {
  writing = await startWriting()
})
beforeEach(() => writing.reset())
afterAll(() => writing.close())

/** Makes these the only active certificates of the organization. */
function activateOnly(...names: string[]): void {
  for (const certificate of writing.organization.certificates)
    certificate.active = names.includes(certificate.name ?? '')
}

/** Makes these the only active certificates of a project by its own flags. */
function activateOnlyIn(project: string, ...names: string[]): void {
  const wanted = names.map(writing.idOf)
  for (const { name, certificates } of writing.organization.projects) {
    if (name !== project) continue
    certificates.splice(
      0,
      Number.POSITIVE_INFINITY,
      ...wanted.map((certificateId) => ({ certificateId, active: true })),
    )
  }
}

const lastActive = (message: RegExp) => ({
  __typename: 'CertificateLastActiveError',
  code: 'LAST_ACTIVE_CERTIFICATE',
  message: expect.stringMatching(message),
})

describe('deactivating the last active certificates', () => {
  afterEach(() => expect(writing.audits().length).toBeGreaterThan(0))

  it('of an organization needs force', async () => {
    activateOnly('Batch workers', 'Service mesh')
    const certificateIds = ['Batch workers', 'Service mesh', 'Load tests'].map(writing.idOf)
    expect(await writing.mutate('deactivate', { certificateIds })).toEqual(
      lastActive(/^org_bluequay would have no active certificate left; use force: true to deactivate anyway$/),
    )
    expect(writing.writes()).toEqual([])
    expect(await writing.mutate('deactivate', { certificateIds, force: true })).toMatchObject({
      __typename: 'DeactivateOpenAICertificatesSuccess',
    })
  })

  it('needs no force while another one stays active, or when they are not active', async () => {
    activateOnly('Batch workers', 'Service mesh')
    for (const name of ['Batch workers', 'Load tests', 'Batch workers'])
      expect((await writing.mutate('deactivate', { certificateIds: [writing.idOf(name)] })).__typename).toMatch(
        /Success$/,
      )
    expect(await writing.mutate('deactivate', { certificateIds: [writing.idOf('Service mesh')] })).toMatchObject({
      __typename: 'CertificateLastActiveError',
    })
  })

  it('is refused for the second of two concurrent deactivations', async () => {
    activateOnly('Batch workers', 'Service mesh')
    writing.stack.openai.emulator.latency = 50
    const results = await Promise.all(
      ['Batch workers', 'Service mesh'].map((name) =>
        writing.mutate('deactivate', { certificateIds: [writing.idOf(name)] }),
      ),
    )
    expect(results.map(({ __typename }) => __typename).toSorted()).toEqual([
      'CertificateLastActiveError',
      'DeactivateOpenAICertificatesSuccess',
    ])
    expect(writing.organization.certificates.filter(({ active }) => active)).toHaveLength(1)
  })

  it('of a project needs force, unless a certificate is active for its organization', async () => {
    activateOnly()
    activateOnlyIn('Label printing', 'Label printers')
    const projectId = writing.projectIdOf('Label printing')
    const input = { projectId, certificateIds: [writing.idOf('Label printers')] }
    expect(await writing.mutate('deactivate', input)).toEqual(
      lastActive(new RegExp(`^${projectId} would have no active`)),
    )

    await writing.mutate('activate', { certificateIds: [writing.idOf('Load tests')] })
    expect(await writing.mutate('deactivate', input)).toMatchObject({
      __typename: 'DeactivateOpenAICertificatesSuccess',
    })
  })

  it('of a project reads the organization’s list only when the project’s list does not decide', async () => {
    activateOnlyIn('Label printing', 'Label printers', 'Load tests')
    const projectId = writing.projectIdOf('Label printing')
    await writing.stack.ask(
      'mutation ($input: DeactivateOpenAICertificatesInput!) { deactivateOpenAICertificates(input: $input) { __typename } }',
      { input: { organizationId: 'org_bluequay', projectId, certificateIds: [writing.idOf('Load tests')] } },
    )
    expect(writing.stack.openai.emulator.calls.map(({ method }) => method)).toEqual(['GET', 'POST'])
  })

  it('is decided by the list that the vendor has now, not by one that was read before', async () => {
    activateOnly('Batch workers', 'Service mesh')
    await readCertificates(writing.stack)
    // Another client deactivates the other certificate.
    activateOnly('Batch workers')
    const certificateIds = [writing.idOf('Batch workers')]
    for (const dryRun of [true, false])
      expect(await writing.mutate('deactivate', { certificateIds, dryRun })).toEqual(lastActive(/^org_bluequay would/))
    // It activates it again.
    activateOnly('Batch workers', 'Service mesh')
    expect((await writing.mutate('deactivate', { certificateIds })).__typename).toMatch(/Success$/)
  })

  it('does not wait for a reading that another operation has begun', async () => {
    activateOnly('Batch workers')
    let held = 0
    writing.stack.openai.emulator.fault({
      match: ({ path }) => path.endsWith('/organization/certificates') && held++ === 0,
      effect: 'hang',
    })
    const earlier = readCertificates(writing.stack)
    await until(() => held > 0)
    expect(await writing.mutate('deactivate', { certificateIds: [writing.idOf('Batch workers')] })).toEqual(
      lastActive(/^org_bluequay would/),
    )
    await whileTimePasses(writing.stack.clock, earlier, 10_000)
  })

  it('needs force when the list cannot be read, even if an older reading exists', async () => {
    await readCertificates(writing.stack)
    writing.stack.clock.advance(11_000)
    const mend = writing.stack.openai.emulator.fault({
      match: ({ method }) => method === 'GET',
      effect: { status: 403, body: { error: 'Not now.' } },
    })
    const certificateIds = [writing.idOf('Batch workers')]
    expect(await writing.mutate('deactivate', { certificateIds })).toEqual(
      lastActive(/^it is not known whether org_bluequay would .*: OpenAI answered 403 .*Not now.*; use force: true/),
    )
    expect(writing.writes()).toEqual([])
    expect((await writing.mutate('deactivate', { certificateIds, force: true })).__typename).toMatch(/Success$/)
    mend()
  })

  it('needs force when the vendor leaves out a flag', async () => {
    activateOnly('Batch workers')
    rewriteAnswers<{ data: { id: string; active?: boolean }[] }>(
      writing.stack.openai.emulator,
      '/organization/certificates',
      (body) => ({ ...body, data: body.data.map(({ active, ...row }) => row) }),
    )
    expect(await writing.mutate('deactivate', { certificateIds: [writing.idOf('Batch workers')] })).toEqual(
      lastActive(/^it is not known .*: its list has a flag or a row that could not be read/),
    )
  })
})

describe('deleting an active certificate', () => {
  it('returns a conflict that names every place where it is active', async () => {
    const certificateId = writing.idOf('Gateway clients')
    const result = await writing.mutate('delete', { certificateId })
    expect(result).toMatchObject({ __typename: 'CertificateConflictError', code: 'UPSTREAM_CONFLICT' })
    expect(result.activeIn?.map(({ name }) => name).sort()).toEqual([
      'Bluequay Freight',
      'Route planning',
      'Shipment tracking',
    ])
    for (const name of ['Bluequay Freight', 'Route planning', 'Shipment tracking'])
      expect(result.message).toContain(`(${name})`)
    expect(writing.writes()).toEqual([])
  })

  it('is decided by the lists that the vendor has now', async () => {
    const certificateId = writing.idOf('Load tests')
    const projectId = writing.projectIdOf('Label printing')
    await writing.mutate('delete', { certificateId, dryRun: true })
    // Another client activates it in a project.
    activateOnlyIn('Label printing', 'Load tests')
    for (const dryRun of [true, false])
      expect(await writing.mutate('delete', { certificateId, dryRun })).toMatchObject({
        __typename: 'CertificateConflictError',
        activeIn: [{ name: 'Label printing' }],
        message: expect.stringContaining(projectId),
      })
    activateOnlyIn('Label printing')
    expect((await writing.mutate('delete', { certificateId })).__typename).toMatch(/Success$/)
  })

  it('is decided by the vendor when the lists cannot be read', async () => {
    writing.stack.openai.emulator.fault({
      match: ({ path }) => path.endsWith('/projects'),
      effect: { status: 403, body: { error: 'No.' } },
    })
    expect(await writing.mutate('delete', { certificateId: writing.idOf('Gateway clients') })).toMatchObject({
      __typename: 'CertificateConflictError',
      activeIn: [],
      message: expect.stringContaining('OpenAI answered 409'),
    })
    expect((await writing.mutate('delete', { certificateId: writing.idOf('Load tests') })).__typename).toMatch(
      /Success$/,
    )
  })
})

describe('a dry run', () => {
  afterEach(() => expect(writing.writes()).toEqual([]))

  it('of an upload returns the certificate as it would be, with an id that cannot be found', async () => {
    const content = await issueAuthority(writing.stack.clock.now(), { keyAlgorithm: 'RSA' })
    const document = `mutation ($input: UploadOpenAICertificateInput!) {
      uploadOpenAICertificate(input: $input) {
        ... on UploadOpenAICertificateSuccess {
          dryRun
          certificate { id name active subject keyAlgorithm expiryStatus pem createdAt organization { organizationId } }
        }
      }
    }`
    const { data, errors } = await writing.stack.ask<{
      uploadOpenAICertificate: { dryRun: boolean; certificate: { id: string } }
    }>(document, { input: { organizationId: 'org_bluequay', content, name: 'New', dryRun: true } })
    expect(errors).toBeUndefined()
    expect(data.uploadOpenAICertificate).toEqual({
      dryRun: true,
      certificate: {
        id: expect.any(String),
        name: 'New',
        active: false,
        subject: 'CN=New Client CA,O=Bluequay Freight,C=NL',
        keyAlgorithm: 'RSA',
        expiryStatus: 'OK',
        pem: content,
        createdAt: null,
        organization: { organizationId: 'org_bluequay' },
      },
    })
    expect(writing.stack.openai.emulator.calls).toEqual([])
    const { id } = data.uploadOpenAICertificate.certificate
    expect(await writing.stack.ask(`{ node(id: "${id}") { id } }`)).toEqual({ data: { node: null } })
    expect(await writing.mutate('upload', { content: 'no PEM', dryRun: true })).toMatchObject({
      __typename: 'CertificateInvalidInputError',
    })
  })

  it('of a renaming or deletion returns the certificate as it is', async () => {
    const certificateId = writing.idOf('Load tests')
    expect(await writing.mutate('rename', { certificateId, name: 'Other', dryRun: true })).toMatchObject({
      dryRun: true,
      certificate: { certificateId, name: 'Load tests' },
    })
    expect(await writing.mutate('delete', { certificateId, dryRun: true })).toMatchObject({
      dryRun: true,
      certificateId,
    })
  })

  it('of an activation or deactivation returns the certificates that would change', async () => {
    const certificateIds = ['Batch workers', 'Load tests'].map(writing.idOf)
    const names = async (verb: 'activate' | 'deactivate', input = {}) => {
      const { certificates } = await writing.mutate(verb, { certificateIds, dryRun: true, ...input })
      return certificates?.map(({ name, active }) => [name, active])
    }
    expect(await names('activate')).toEqual([['Load tests', false]])
    expect(await names('deactivate')).toEqual([['Batch workers', true]])
    const projectId = writing.projectIdOf('Route planning')
    expect(await names('activate', { projectId })).toEqual([['Load tests', false]])
    expect(await names('deactivate', { projectId })).toEqual([['Batch workers', true]])
  })

  it('returns the error of a change that would be refused', async () => {
    activateOnly('Batch workers')
    const unknown = { certificateIds: ['cert_gone'], dryRun: true }
    expect(await writing.mutate('activate', unknown)).toMatchObject({ __typename: 'CertificateNotFoundError' })
    expect(await writing.mutate('rename', { certificateId: 'cert_gone', name: 'New', dryRun: true })).toMatchObject({
      __typename: 'CertificateNotFoundError',
    })
    expect(await writing.mutate('delete', { certificateId: 'cert_gone', dryRun: true })).toMatchObject({
      __typename: 'CertificateNotFoundError',
    })
    const last = { certificateIds: [writing.idOf('Batch workers')], dryRun: true }
    expect(await writing.mutate('deactivate', last)).toMatchObject({ __typename: 'CertificateLastActiveError' })
    expect((await writing.mutate('deactivate', { ...last, force: true })).__typename).toMatch(/Success$/)
    const active = { certificateId: writing.idOf('Label printers'), dryRun: true }
    expect(await writing.mutate('delete', active)).toMatchObject({ activeIn: [{ name: 'Label printing' }] })
  })

  it('returns the error of a list that cannot be read', async () => {
    writing.stack.openai.emulator.fault({ effect: { status: 500 } })
    for (const [verb, input] of [
      ['activate', { certificateIds: ['cert_a'] }],
      ['rename', { certificateId: 'cert_a', name: 'New' }],
      ['delete', { certificateId: 'cert_a' }],
    ] as const) {
      const result = writing.mutate(verb, { ...input, dryRun: true })
      expect(await whileTimePasses(writing.stack.clock, result)).toMatchObject({
        __typename: 'CertificateUpstreamError',
        code: 'UPSTREAM_UNAVAILABLE',
      })
    }
  })
})
