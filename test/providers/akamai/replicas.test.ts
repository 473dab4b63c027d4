import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals'
import { describeWithRedis, type RunningRedis, startRedis } from '../../support/redis/redis-server.ts'
import { type EmulatedVendors, startEmulatedVendors } from '../../support/redis/vendors.ts'

const query = `{ akamaiContract(id: "C-1BQ7FR8") { enrollments(first: 100) { nodes {
  registrationAuthority validationType autoRenewalStartTime earliestExpiry
  networkConfiguration { geography mustHaveCiphers dnsNames cloneDnsNames clientMutualAuthentication { setId ocspEnabled } }
} } } }`

const pems = `{ akamaiContract(id: "C-1BQ7FR8") { certificates(first: 100) { nodes { pem trustChain keySize subject } } } }`

describeWithRedis('what is read in depth of Akamai', () => {
  let redis: RunningRedis
  let vendors: EmulatedVendors

  beforeAll(async () => {
    redis = await startRedis()
    vendors = await startEmulatedVendors()
  }, 60_000)
  afterAll(async () => {
    await vendors?.close()
    await redis?.stop()
  })
  beforeEach(() => redis.use((client) => client.flushall()))
  afterEach(async () => {
    await vendors.leave()
    vendors.reset()
  })

  const file = () => ({ akamai: vendors.file.akamai, redis: { url: redis.url, replicas: 3 } })

  it('of enrollments serves other replicas without a call, and no contact is kept for that', async () => {
    const answer = await vendors.start(file()).ask(query)
    expect(answer).not.toHaveProperty('errors')
    expect(JSON.stringify(answer)).toContain('lets-encrypt')
    expect(vendors.calls().filter((path) => path === '/cps/v2/enrollments')).toHaveLength(1)
    vendors.reset()
    expect(await vendors.start(file()).ask(query)).toEqual(answer)
    expect(vendors.calls()).toEqual([])
    const kept = JSON.stringify([...(await redis.dump())])
    expect(kept).toContain('lets-encrypt')
    expect(kept).not.toMatch(/certificate-desk|Contact|Quay/)
  })

  it('in PEM is not kept there, and every replica asks for itself', async () => {
    const answer = await vendors.start(file()).ask(pems)
    expect(answer).not.toHaveProperty('errors')
    expect(JSON.stringify(answer)).toContain('BEGIN CERTIFICATE')
    expect(JSON.stringify([...(await redis.dump())])).not.toContain('CERTIFICATE')
    vendors.reset()
    expect(await vendors.start(file()).ask(pems)).toEqual(answer)
    expect(vendors.calls()).toHaveLength(12)
  })
})
