import { afterEach, describe, expect, it } from '@jest/globals'
import { passTime } from '../support/passing-time.ts'
import { samplesOf } from '../support/samples.ts'
import { type Stack, startStack } from '../support/stack.ts'

let stack: Stack
afterEach(() => stack.close())

const start = async (metrics: object, upstream: object) => {
  stack = await startStack({ configure: ({ akamai }) => ({ akamai, metrics, upstream }) })
}
const covered = async () => samplesOf(await stack.scrape(), 'certgraph_certificate_renewal_covered')
const certificates = async () => samplesOf(await stack.scrape(), 'x509_cert_expired')

describe('certgraph_certificate_renewal_covered', () => {
  it('is known for every certificate at Akamai while places are prefetched', async () => {
    await start({}, { prefetch: true })
    await passTime(stack, 60_000, 1_000)
    expect((await certificates()).length).toBeGreaterThan(20)
    expect(await covered()).toHaveLength((await certificates()).length)
    expect(stack.callsTo('/cps/v2/enrollments?')).toHaveLength(2)
    await passTime(stack, 600_000, 5_000)
    expect(stack.callsTo('/cps/v2/enrollments?').length).toBeGreaterThanOrEqual(4)
    expect(await covered()).toHaveLength((await certificates()).length)
  })

  it('is 1 for those that expiringUncovered leaves out of what expires', async () => {
    await start({}, {})
    const lists = `{
      all: certificates(first: 100, filter: { expiresAfter: "2030-01-01T00:00:00Z" }) { nodes { id } }
      open: certificates(first: 100, filter: { expiresAfter: "2030-01-01T00:00:00Z", expiringUncovered: "P3650D" }) { nodes { id } }
    }`
    const { data } = await stack.ask<Record<'all' | 'open', { nodes: { id: string }[] }>>(lists)
    const values = (await covered()).filter(({ value }) => value === 1)
    expect(values.length).toBeGreaterThan(2)
    expect(values).toHaveLength(data.all.nodes.length - data.open.nodes.length)
  })

  it('costs no call where metrics are off', async () => {
    await start({ enabled: false }, { prefetch: true })
    await passTime(stack, 60_000, 1_000)
    expect(stack.callsTo('/cps/v2/active-certificates').length).toBeGreaterThan(0)
    expect(stack.callsTo('/cps/v2/enrollments?')).toEqual([])
  })
})
