import { expect, it } from '@jest/globals'
import { setUpDeployment } from '../../support/redis/deployment.ts'
import { describeWithRedis } from '../../support/redis/redis-server.ts'

const query = `{ akamaiContract(id: "C-1BQ7FR8") { enrollments(first: 100) { nodes {
  registrationAuthority validationType autoRenewalStartTime earliestExpiry
  networkConfiguration { geography mustHaveCiphers dnsNames cloneDnsNames clientMutualAuthentication { setId ocspEnabled } }
} } } }`

const pems = `{ akamaiContract(id: "C-1BQ7FR8") { certificates(first: 100) { nodes { pem trustChain keySize subject } } } }`

describeWithRedis('what is read in depth of Akamai', () => {
  const deployment = setUpDeployment()

  const file = () => ({ akamai: deployment.vendors.file.akamai, redis: deployment.section })

  it('of enrollments serves other replicas without a call and without storing contacts', async () => {
    const answer = await deployment.vendors.start(file()).ask(query)
    expect(answer).not.toHaveProperty('errors')
    expect(JSON.stringify(answer)).toContain('lets-encrypt')
    expect(deployment.vendors.calls().filter((path) => path === '/cps/v2/enrollments')).toHaveLength(1)
    deployment.vendors.reset()
    expect(await deployment.vendors.start(file()).ask(query)).toEqual(answer)
    expect(deployment.vendors.calls()).toEqual([])
    const kept = JSON.stringify([...(await deployment.redis.dump())])
    expect(kept).toContain('lets-encrypt')
    expect(kept).not.toMatch(/certificate-desk|Contact|Quay/)
  })

  it('of PEM is not stored in Redis, and each replica makes its own call', async () => {
    const answer = await deployment.vendors.start(file()).ask(pems)
    expect(answer).not.toHaveProperty('errors')
    expect(JSON.stringify(answer)).toContain('BEGIN CERTIFICATE')
    expect(JSON.stringify([...(await deployment.redis.dump())])).not.toContain('CERTIFICATE')
    deployment.vendors.reset()
    expect(await deployment.vendors.start(file()).ask(pems)).toEqual(answer)
    expect(deployment.vendors.calls()).toHaveLength(12)
  })
})
