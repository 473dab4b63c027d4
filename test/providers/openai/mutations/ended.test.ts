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

const audits = () => writing.stack.log.filter(({ audit }) => audit !== undefined)
const calls = () => writing.stack.openai.emulator.calls

/** The one line there is about the change, once there is one. */
async function lineOfIt(): Promise<object | undefined> {
  await until(() => audits().length > 0)
  expect(audits()).toHaveLength(1)
  return audits()[0]
}

describe('the audit line of a change whose operation runs out of time', () => {
  it('tells that it was made all the same, and what it made', async () => {
    writing.stack.openai.emulator.latency = 200
    const content = await issueAuthority(writing.stack.clock.now())
    const asked = writing.mutate('upload', { content, name: 'New clients' })
    await until(() => writing.writes().length === 1)
    writing.stack.clock.advance(deadline)
    expect(await asked).toMatchObject({ __typename: 'CertificateOutcomeUnknownError', code: 'OUTCOME_UNKNOWN' })
    expect(await lineOfIt()).toMatchObject({
      audit: 'uploadOpenAICertificate',
      organizationId,
      certificateId: writing.idOf('New clients'),
      result: 'OK',
    })
  })

  it('tells that the vendor has refused it', async () => {
    writing.stack.openai.emulator.latency = 200
    const asked = writing.mutate('rename', { certificateId: 'cert_gone', name: 'New' })
    await until(() => writing.writes().length === 1)
    writing.stack.clock.advance(deadline)
    expect(await asked).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    expect(await lineOfIt()).toMatchObject({ certificateId: 'cert_gone', result: 'UPSTREAM_NOT_FOUND' })
  })

  it('tells that it was not sent while what it depends on was looked at, and takes that for no refusal', async () => {
    writing.stack.openai.emulator.fault({ match: ({ method }) => method === 'GET', effect: 'hang' })
    const asked = writing.mutate('deactivate', { certificateIds: [writing.idOf('Batch workers')] })
    await until(() => calls().length === 1)
    writing.stack.clock.advance(deadline)
    const told = { code: 'UPSTREAM_TIMEOUT', message: expect.stringContaining('nothing was changed') }
    expect(await asked).toMatchObject({ __typename: 'CertificateUpstreamError', ...told })
    expect(await lineOfIt()).toMatchObject({ result: 'UPSTREAM_TIMEOUT' })
    expect(writing.writes()).toEqual([])
  })
})

describe('the audit line of a change whose client has left', () => {
  const leave = async (input: object) => {
    const leaving = new AbortController()
    const document =
      'mutation ($input: DeactivateOpenAICertificatesInput!) { deactivateOpenAICertificates(input: $input) { __typename } }'
    const asked = writing.stack.ask(document, { input: { organizationId, ...input } }, leaving.signal)
    await until(() => calls().length === 1)
    leaving.abort()
    await expect(asked).rejects.toThrow()
  }

  it('tells that the vendor has refused it', async () => {
    writing.stack.openai.emulator.latency = 200
    await leave({ certificateIds: ['cert_gone'], force: true })
    expect(await lineOfIt()).toMatchObject({ certificateIds: ['cert_gone'], result: 'UPSTREAM_NOT_FOUND' })
  })

  it('tells that it was not sent when what it depends on is not known by then', async () => {
    writing.stack.openai.emulator.fault({ match: ({ method }) => method === 'GET', effect: 'hang' })
    await leave({ certificateIds: [writing.idOf('Batch workers')] })
    expect(await lineOfIt()).toMatchObject({ result: 'UPSTREAM_TIMEOUT' })
    expect(writing.writes()).toEqual([])
  })
})
