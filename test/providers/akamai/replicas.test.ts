import { expect, it } from '@jest/globals'
import { setUpDeployment } from '../../support/redis/deployment.ts'
import { describeWithRedis } from '../../support/redis/redis-server.ts'

const query = `{ akamaiContract(id: "C-1BQ7FR8") { enrollments(first: 100) { nodes {
  registrationAuthority validationType autoRenewalStartTime earliestExpiry
  networkConfiguration { geography mustHaveCiphers dnsNames cloneDnsNames clientMutualAuthentication { setId ocspEnabled } }
} } } }`

/** The share of one of three replicas is 5 calls. */
const pems = `{ akamaiContract(id: "C-1BQ7FR8") { certificates(first: 5) { nodes { pem trustChain keySize subject } } } }`

describeWithRedis('a replica', () => {
  const deployment = setUpDeployment()

  const file = () => ({ akamai: deployment.vendors.file.akamai, redis: deployment.section })

  it('serves the enrollment details of another replica without a call, and contacts are not stored in Redis', async () => {
    const answer = await deployment.vendors.start(file()).ask(query)
    expect(answer).not.toHaveProperty('errors')
    expect(JSON.stringify(answer)).toContain('lets-encrypt')
    expect(deployment.vendors.calls().filter((path) => path === '/cps/v2/enrollments')).toHaveLength(1)
    deployment.vendors.reset()
    expect(await deployment.vendors.start(file()).ask(query)).toEqual(answer)
    expect(deployment.vendors.calls()).toEqual([])
    const stored = JSON.stringify([...(await deployment.redis.dump())])
    expect(stored).toContain('lets-encrypt')
    expect(stored).not.toMatch(/certificate-desk|Contact|Quay/)
  })

  it('requests every PEM, because PEMs are not stored in Redis', async () => {
    const answer = await deployment.vendors.start(file()).ask(pems)
    expect(answer).not.toHaveProperty('errors')
    expect(JSON.stringify(answer)).toContain('BEGIN CERTIFICATE')
    expect(JSON.stringify([...(await deployment.redis.dump())])).not.toContain('CERTIFICATE')
    deployment.vendors.reset()
    expect(await deployment.vendors.start(file()).ask(pems)).toEqual(answer)
    expect(deployment.vendors.calls()).toHaveLength(5)
  })
})
