import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { describeWithRedis } from '../../../support/redis/redis-server.ts'
import { until as untilTrue } from '../../../support/redis/until.ts'
import { startWritingGroup, type WritingGroup, type WritingReplica } from '../../../support/redis/writing-group.ts'
import { findOnly } from '../../../support/rewriting.ts'
import { until } from '../../../support/until.ts'

describeWithRedis('the guards of replicas', () => {
  let group: WritingGroup
  let first: WritingReplica
  let second: WritingReplica

  beforeAll(async () => {
    group = await startWritingGroup()
    ;[first, second] = await Promise.all([group.join(), group.join()])
  }, 60_000)
  beforeEach(() => {
    group.openai.emulator.reset()
    group.openai.emulator.latency = 0
    for (const each of group.organization.certificates) each.active = last.includes(each.name ?? '')
  })
  afterAll(() => group?.close())

  const last = ['Batch workers', 'Service mesh']
  const idOf = (name: string) => findOnly(group.organization.certificates, (each) => each.name === name).id
  const active = () => group.organization.certificates.filter((each) => each.active)
  const deactivate = (replica: WritingReplica, name: string, input = {}, idempotencyKey?: string) =>
    replica.mutate('deactivateOpenAICertificates', { certificateIds: [idOf(name)], ...input }, idempotencyKey)
  const refused = { __typename: 'CertificateLastActiveError', code: 'LAST_ACTIVE_CERTIFICATE' }

  it('let one of the last two active certificates be deactivated', async () => {
    group.openai.emulator.latency = 100
    const keys = [undefined, 'one', 'another']
    for (const key of keys) {
      for (const each of group.organization.certificates) each.active = last.includes(each.name ?? '')
      const results = await Promise.all([
        deactivate(first, 'Batch workers', {}, key),
        deactivate(second, 'Service mesh', {}, key && `${key}, too`),
      ])
      expect(results.map(({ __typename }) => __typename).toSorted()).toEqual([
        'CertificateLastActiveError',
        'DeactivateOpenAICertificatesSuccess',
      ])
      expect(active()).toHaveLength(1)
    }
    expect(group.writes()).toHaveLength(keys.length)
  })

  it('continue after the replica that had the lease was killed, with what it has changed', async () => {
    group.openai.emulator.fault({ match: ({ method }) => method !== 'GET', effect: { applied: 'hang' }, times: 1 })
    const killed = await group.join()
    const lost = deactivate(killed, 'Batch workers').catch(() => 'lost')
    await until(() => group.writes().length === 1)
    const next = deactivate(second, 'Service mesh')
    await killed.kill()
    expect(await lost).toBe('lost')
    expect(await next).toMatchObject(refused)
    expect(active().map(({ name }) => name)).toEqual(['Service mesh'])
  }, 60_000)

  it.each(['killed', 'suspended'])(
    'count what a replica may have sent before it was %s',
    async (how) => {
      group.openai.emulator.fault({ match: ({ method }) => method !== 'GET', effect: 'hang', times: 1 })
      const ended = await group.join()
      const lost = deactivate(ended, 'Batch workers').catch(() => 'lost')
      await until(() => group.writes().length === 1)
      if (how === 'killed') await ended.kill()
      else ended.suspend()
      expect(await deactivate(second, 'Service mesh')).toMatchObject({
        ...refused,
        message: expect.stringContaining(
          `a deactivation of ${idOf('Batch workers')} in org_bluequay may still take effect`,
        ),
      })
      if (how === 'suspended') ended.resume()
      await lost
      expect(await deactivate(first, 'Service mesh')).toMatchObject(refused)
      expect(active()).toHaveLength(last.length)
      // For the tests after this one.
      expect((await deactivate(first, 'Batch workers')).__typename).toBe('DeactivateOpenAICertificatesSuccess')
    },
    60_000,
  )

  it('send nothing from a replica that was suspended until another one had its lease', async () => {
    const suspended = await group.join()
    // The list is read, and its answer waits in the socket while the process is suspended.
    group.openai.emulator.latency = 300
    const late = deactivate(suspended, 'Batch workers')
    await until(() => group.openai.emulator.calls.length === 1)
    suspended.suspend()
    const next = await deactivate(second, 'Service mesh')
    suspended.resume()
    expect(next.__typename).toBe('DeactivateOpenAICertificatesSuccess')
    expect(await late).toMatchObject({
      __typename: 'CertificateUpstreamError',
      code: 'UPSTREAM_TIMEOUT',
      message: expect.stringContaining('nothing was changed'),
    })
    expect(active().map(({ name }) => name)).toEqual(['Batch workers'])
  }, 60_000)

  it('need force for a deactivation while Redis is lost, and none for a deletion', async () => {
    await group.redis.stop()
    try {
      expect(await deactivate(first, 'Batch workers')).toEqual({
        ...refused,
        message:
          'it is not known whether another replica deactivates certificates of org_bluequay at this moment: Redis is not available; use force: true to deactivate anyway',
      })
      expect(group.writes()).toEqual([])
      const forced = await deactivate(first, 'Batch workers', { force: true })
      expect(forced.__typename).toBe('DeactivateOpenAICertificatesSuccess')
      const deleted = await first.mutate('deleteOpenAICertificate', { certificateId: idOf('Load tests') })
      expect(deleted.__typename).toBe('DeleteOpenAICertificateSuccess')
    } finally {
      await group.redis.start()
    }
    await untilTrue(async () => (await deactivate(first, 'Batch workers', { dryRun: false })).code === undefined)
  }, 60_000)
})
