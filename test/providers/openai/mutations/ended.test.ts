import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { issueAuthority, organizationId, startWriting, type Writing } from '../../../support/mutations.ts'
import { until } from '../../../support/until.ts'

const deadline = 1_000

let writing: Writing
beforeEach(async () => {
  writing = await startWriting({
    configure: (file) => ({ ...file, writes: 'enabled', upstream: { deadline: '1s' } }),
  })
})
afterEach(() => writing.close())

const calls = () => writing.stack.openai.emulator.calls

/** Waits for the audit line of the change. */
async function auditLine(): Promise<object | undefined> {
  await until(() => writing.audits().length > 0)
  expect(writing.audits()).toHaveLength(1)
  return writing.audits()[0]
}

describe('the audit line of a change whose operation reaches its deadline', () => {
  it('has the result and the new id when the change was made later', async () => {
    writing.stack.openai.emulator.latency = 200
    const content = await issueAuthority(writing.stack.clock.now())
    const result = writing.mutate('upload', { content, name: 'New clients' })
    await until(() => writing.writes().length === 1)
    writing.stack.clock.advance(deadline)
    expect(await result).toMatchObject({ __typename: 'CertificateOutcomeUnknownError', code: 'OUTCOME_UNKNOWN' })
    expect(await auditLine()).toMatchObject({
      audit: 'uploadOpenAICertificate',
      organizationId,
      certificateId: writing.idOf('New clients'),
      result: 'OK',
    })
  })

  it('has the vendor’s error when the vendor refuses the change', async () => {
    writing.stack.openai.emulator.latency = 200
    const result = writing.mutate('rename', { certificateId: 'cert_gone', name: 'New' })
    await until(() => writing.writes().length === 1)
    writing.stack.clock.advance(deadline)
    expect(await result).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    expect(await auditLine()).toMatchObject({ certificateId: 'cert_gone', result: 'UPSTREAM_NOT_FOUND' })
  })

  it('has UPSTREAM_TIMEOUT when the deadline passes before the change is sent', async () => {
    writing.stack.openai.emulator.fault({ match: ({ method }) => method === 'GET', effect: 'hang' })
    const result = writing.mutate('deactivate', { certificateIds: [writing.idOf('Batch workers')] })
    await until(() => calls().length === 1)
    writing.stack.clock.advance(deadline)
    const notSent = { code: 'UPSTREAM_TIMEOUT', message: expect.stringContaining('nothing was changed') }
    expect(await result).toMatchObject({ __typename: 'CertificateUpstreamError', ...notSent })
    expect(await auditLine()).toMatchObject({ result: 'UPSTREAM_TIMEOUT' })
    expect(writing.writes()).toEqual([])
  })
})

describe('the audit line of a change whose client disconnects', () => {
  const leave = async (input: object) => {
    const leaving = new AbortController()
    const document =
      'mutation ($input: DeactivateOpenAICertificatesInput!) { deactivateOpenAICertificates(input: $input) { __typename } }'
    const result = writing.stack.ask(document, { input: { organizationId, ...input } }, leaving.signal)
    await until(() => calls().length === 1)
    leaving.abort()
    await expect(result).rejects.toThrow()
  }

  it('has the vendor’s error when the vendor refuses the change', async () => {
    writing.stack.openai.emulator.latency = 200
    await leave({ certificateIds: ['cert_gone'], force: true })
    expect(await auditLine()).toMatchObject({ certificateIds: ['cert_gone'], result: 'UPSTREAM_NOT_FOUND' })
  })

  it('has UPSTREAM_TIMEOUT when the client disconnects before the change is sent', async () => {
    writing.stack.openai.emulator.fault({ match: ({ method }) => method === 'GET', effect: 'hang' })
    await leave({ certificateIds: [writing.idOf('Batch workers')] })
    expect(await auditLine()).toMatchObject({ result: 'UPSTREAM_TIMEOUT' })
    expect(writing.writes()).toEqual([])
  })
})
