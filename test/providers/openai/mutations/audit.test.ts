import { afterEach, describe, expect, it } from '@jest/globals'
import { issueAuthority, startWriting, type Writing } from '../../../support/mutations.ts'

let writing: Writing
afterEach(() => writing.close())

describe('the audit log', () => {
  it('has a line for each change with the caller, the mutation, the ids, the result and the request id', async () => {
    writing = await startWriting()
    const content = await issueAuthority(writing.stack.clock.now())
    const { certificate } = await writing.mutate('upload', { content, name: 'New clients' })
    const certificateId = certificate?.certificateId
    const projectId = writing.projectIdOf('Label printing')
    await writing.mutate('rename', { certificateId, name: 'Newer clients' })
    await writing.mutate('activate', { projectId, certificateIds: [certificateId, writing.idOf('Load tests')] })
    await writing.mutate('delete', { certificateId })
    await writing.mutate('delete', { certificateId: '-----BEGIN PRIVATE KEY-----', dryRun: true })

    const line = { level: 30, caller: '127.0.0.1', requestId: expect.any(String), organizationId: 'org_bluequay' }
    expect(writing.audits()).toEqual(
      [
        { audit: 'uploadOpenAICertificate', certificateId, result: 'OK', dryRun: false },
        { audit: 'renameOpenAICertificate', certificateId, result: 'OK', dryRun: false },
        {
          audit: 'activateOpenAICertificates',
          projectId,
          certificateIds: [certificateId, writing.idOf('Load tests')],
          result: 'OK',
          dryRun: false,
        },
        { audit: 'deleteOpenAICertificate', certificateId, result: 'UPSTREAM_CONFLICT', dryRun: false },
        { audit: 'deleteOpenAICertificate', certificateId: '(not an id)', result: 'BAD_USER_INPUT', dryRun: true },
      ].map((own) => expect.objectContaining({ ...line, ...own, msg: `audit: ${own.audit}` })),
    )
    const requests = writing.stack.log.filter(({ msg }) => msg === 'operation').map(({ requestId }) => requestId)
    expect(writing.audits().map(({ requestId }) => requestId)).toEqual(requests)
    const text = JSON.stringify(writing.stack.log)
    for (const secret of ['BEGIN', content.slice(40, 80), 'Newer clients']) expect(text).not.toContain(secret)
  })

  it('is written at every log level', async () => {
    writing = await startWriting({ logLevel: 'error', configure: (file) => ({ ...file, writes: 'enabled' }) })
    await writing.mutate('activate', { certificateIds: [writing.idOf('Load tests')] })
    expect(writing.stack.log).toEqual([expect.objectContaining({ audit: 'activateOpenAICertificates' })])
  })
})

describe('the setting writes', () => {
  it.each([{}, { writes: 'disabled' }])('forbids every change before any call when it is %o', async (setting) => {
    writing = await startWriting({ configure: (file) => ({ ...file, ...setting }) })
    const inputs = {
      upload: { content: 'x' },
      rename: { certificateId: 'cert_a', name: 'New' },
      delete: { certificateId: 'cert_a' },
      activate: { certificateIds: [] },
      deactivate: { certificateIds: ['cert_a'], dryRun: true },
    }
    for (const verb of ['upload', 'rename', 'delete', 'activate', 'deactivate'] as const) {
      expect(await writing.mutate(verb, inputs[verb])).toEqual({
        __typename: 'CertificateForbiddenError',
        code: 'FORBIDDEN',
        message: expect.stringContaining('`writes: enabled`'),
      })
    }
    expect(writing.stack.openai.emulator.calls).toEqual([])
    expect(writing.audits().map(({ result }) => result)).toEqual(Array.from({ length: 5 }, () => 'FORBIDDEN'))
  })

  it.each([
    ['disabled', {}],
    ['enabled', { writes: 'enabled' }],
  ])('is in the response of /health: %s', async (writes, setting) => {
    writing = await startWriting({ configure: (file) => ({ ...file, ...setting }) })
    const health = await fetch(writing.stack.url.replace('/graphql', '/health'))
    expect(await health.json()).toMatchObject({ writes })
  })
})
