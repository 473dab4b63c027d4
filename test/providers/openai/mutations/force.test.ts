import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { startWriting, type Writing } from '../../../support/mutations.ts'
import { whileTimePasses } from '../../../support/passing-time.ts'
import { until } from '../../../support/until.ts'

let writing: Writing
beforeAll(async () => {
  writing = await startWriting()
})
beforeEach(() => writing.reset())
afterAll(() => writing.close())

const stillActive = ['Service mesh']
const activeNames = () => writing.organization.certificates.filter(({ active }) => active).map(({ name }) => name)
const deactivate = (name: string, force: boolean) =>
  writing.mutate('deactivate', { certificateIds: [writing.idOf(name)], force })

describe('two concurrent deactivations of the last two active certificates', () => {
  beforeEach(() => {
    for (const certificate of writing.organization.certificates)
      certificate.active = ['Batch workers', ...stillActive].includes(certificate.name ?? '')
  })

  it('run one after the other when the first is forced, and the second is refused', async () => {
    // The first needs a second call after a pause. Without the lease, the second would read a list in between.
    writing.stack.openai.emulator.fault({
      match: ({ method }) => method === 'POST',
      effect: { status: 503 },
      times: 1,
    })
    const forced = deactivate('Batch workers', true)
    await until(() => writing.writes().length === 1)
    const [first, second] = await whileTimePasses(
      writing.stack.clock,
      Promise.all([forced, deactivate('Service mesh', false)]),
    )
    expect(first.__typename).toBe('DeactivateOpenAICertificatesSuccess')
    expect(second).toMatchObject({ __typename: 'CertificateLastActiveError', code: 'LAST_ACTIVE_CERTIFICATE' })
    expect(activeNames()).toEqual(stillActive)
    expect(writing.stack.openai.emulator.calls.map(({ method }) => method)).toEqual(['POST', 'POST', 'GET'])
  })

  it('run one after the other when the first is not forced and the second is', async () => {
    writing.stack.openai.emulator.latency = 50
    const unforced = deactivate('Batch workers', false)
    await until(() => writing.stack.openai.emulator.calls.length === 1)
    const results = await Promise.all([unforced, deactivate('Service mesh', true)])
    for (const { __typename } of results) expect(__typename).toBe('DeactivateOpenAICertificatesSuccess')
    const sent = writing.stack.openai.emulator.calls.map(({ body }) => body && JSON.parse(body).certificate_ids)
    expect(sent).toEqual(['', ...['Batch workers', 'Service mesh'].map((name) => [writing.idOf(name)])])
    expect(writing.stack.openai.emulator.maxInFlight).toBe(1)
  })
})

describe('a change in a project that does not exist', () => {
  it.each([
    ['activate', { dryRun: false }],
    ['activate', { dryRun: true }],
    ['deactivate', { dryRun: false }],
    ['deactivate', { dryRun: true }],
    ['deactivate', { force: true }],
  ] as const)('returns a CertificateNotFoundError: %s with %o', async (verb, input) => {
    const certificateIds = [writing.idOf('Batch workers')]
    const result = await writing.mutate(verb, { projectId: 'proj_gone', certificateIds, ...input })
    expect(result).toEqual({
      __typename: 'CertificateNotFoundError',
      code: 'UPSTREAM_NOT_FOUND',
      message: expect.stringContaining('proj_gone'),
    })
    expect(result.message).not.toContain('force')
  })
})
