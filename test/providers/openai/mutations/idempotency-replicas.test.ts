import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { issueAuthority } from '../../../support/mutations.ts'
import { describeWithRedis } from '../../../support/redis/redis-server.ts'
import { startWritingGroup, type WritingGroup, type WritingReplica } from '../../../support/redis/writing-group.ts'
import { findOnly } from '../../../support/rewriting.ts'
import { until } from '../../../support/until.ts'

const upload = 'uploadOpenAICertificate'
const remove = 'deleteOpenAICertificate'

describeWithRedis('a mutation with an idempotency key on several replicas', () => {
  let group: WritingGroup
  let first: WritingReplica
  let second: WritingReplica
  let content: string

  beforeAll(async () => {
    group = await startWritingGroup()
    ;[first, second] = await Promise.all([group.join(), group.join()])
  }, 60_000)
  beforeEach(async () => {
    content = await issueAuthority(Date.now())
  })
  afterEach(() => {
    group.openai.emulator.reset()
    group.openai.emulator.latency = 0
  })
  afterAll(() => group?.close())

  const failWrite = (effect: Parameters<typeof group.openai.emulator.fault>[0]['effect']) =>
    group.openai.emulator.fault({ match: ({ method }) => method !== 'GET', effect, times: 1 })
  const named = (name: string) => group.organization.certificates.filter((each) => each.name === name)

  it('has its first result on each of them, and is sent once', async () => {
    const input = { content, name: 'Repeated' }
    const result = await first.mutate(upload, input, 'repeated')
    expect(result.__typename).toBe('UploadOpenAICertificateSuccess')
    expect(await second.mutate(upload, input, 'repeated')).toEqual(result)
    expect(await first.mutate(upload, input, 'repeated')).toEqual(result)
    expect(await second.mutate(upload, { ...input, name: 'Other' }, 'repeated')).toMatchObject({
      __typename: 'CertificateInvalidInputError',
      message: expect.stringContaining('was used with another input'),
    })
    expect(group.writes()).toHaveLength(1)
  })

  it('is sent once when it runs on both at the same time', async () => {
    group.openai.emulator.latency = 300
    const input = { content, name: 'Parallel' }
    const results = await Promise.all(
      [first, second, first, second].map((each) => each.mutate(upload, input, 'parallel')),
    )
    expect(results[0]?.__typename).toBe('UploadOpenAICertificateSuccess')
    for (const result of results) expect(result).toEqual(results[0])
    expect(group.writes()).toHaveLength(1)
    expect(named('Parallel')).toHaveLength(1)
  })

  it('has the error of a vendor that decided about it on each of them', async () => {
    failWrite({ status: 409, body: { error: { message: 'No.' } } })
    const input = { content, name: 'Conflict' }
    const result = await first.mutate(upload, input, 'conflict')
    expect(result.__typename).toBe('CertificateConflictError')
    expect(await second.mutate(upload, input, 'conflict')).toEqual(result)
    expect(group.writes()).toHaveLength(1)
  })

  it('is found in the list by one after its outcome was unknown to the other', async () => {
    failWrite({ applied: 'reset' })
    const mend = group.openai.emulator.fault({
      match: ({ method }) => method === 'GET' && group.writes().length > 0,
      effect: { status: 403, body: { error: 'No.' } },
    })
    const input = { content, name: 'Unknown' }
    expect(await first.mutate(upload, input, 'unknown')).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    mend()
    const result = await second.mutate(upload, input, 'unknown')
    expect(result.__typename).toBe('UploadOpenAICertificateSuccess')
    expect(await first.mutate(upload, input, 'unknown')).toEqual(result)
    expect(group.writes()).toHaveLength(1)
    expect(named('Unknown')).toHaveLength(1)
  })

  it('is found in the list when the process ended between sending it and recording its result', async () => {
    const { id } = findOnly(group.organization.certificates, ({ name }) => name === 'Load tests')
    const cases = [
      [upload, { content, name: 'Killed' }, { certificate: { name: 'Killed' } }],
      [remove, { certificateId: id }, { certificateId: id }],
    ] as const
    for (const [field, input, expected] of cases) {
      group.openai.emulator.reset()
      failWrite({ applied: 'hang' })
      const killed = await group.join()
      const lost = killed.mutate(field, input, field).catch(() => 'lost')
      await until(() => group.writes().length === 1)
      await killed.kill()
      expect(await lost).toBe('lost')
      expect(await second.mutate(field, input, field)).toMatchObject(expected)
      expect(group.writes()).toHaveLength(1)
    }
    expect(named('Killed')).toHaveLength(1)
    expect(named('Load tests')).toEqual([])
  }, 90_000)

  it('is sent when the process ended before the vendor received it', async () => {
    failWrite('hang')
    const killed = await group.join()
    const lost = killed.mutate(upload, { content, name: 'Not received' }, 'not received').catch(() => 'lost')
    await until(() => group.writes().length === 1)
    await killed.kill()
    await lost
    expect((await second.mutate(upload, { content, name: 'Not received' }, 'not received')).__typename).toBe(
      'UploadOpenAICertificateSuccess',
    )
    expect(named('Not received')).toHaveLength(1)
  }, 60_000)

  it('leaves no PEM, no key and no credential in Redis', async () => {
    await first.mutate(upload, { content, name: 'Private' }, 'a very private key of a client')
    const dump = JSON.stringify([...(await group.redis.dump())])
    expect(dump).toContain(':request:')
    const secrets = group.openai.config.organizations.map(({ adminKey }) => adminKey)
    const lines = content.split('\n').filter((each) => each.length > 20)
    for (const secret of [...secrets, ...lines, 'a very private key', 'BEGIN']) expect(dump).not.toContain(secret)
  })
})
