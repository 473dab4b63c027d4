import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals'
import { type RunningRedis, startRedis } from './redis-server.ts'
import { type EmulatedVendors, startEmulatedVendors } from './vendors.ts'

export interface Deployment {
  readonly redis: RunningRedis
  readonly vendors: EmulatedVendors
  /** The section `redis` of the configuration file. */
  readonly section: { readonly url: string; readonly replicas: number }
}

/** Starts Redis and the emulated vendors for the tests of a `describe`. Each test begins with an empty Redis and no program. */
export function setUpDeployment(): Deployment {
  let redis: RunningRedis | undefined
  let vendors: EmulatedVendors | undefined

  const deployment: Deployment = {
    get redis() {
      if (!redis) throw new Error('Redis runs only during the tests')
      return redis
    },
    get vendors() {
      if (!vendors) throw new Error('the emulated vendors run only during the tests')
      return vendors
    },
    get section() {
      return { url: deployment.redis.url, replicas: 3 }
    },
  }
  beforeAll(async () => {
    redis = await startRedis()
    vendors = await startEmulatedVendors()
  }, 60_000)
  beforeEach(() => deployment.redis.use((client) => client.flushall()))
  afterEach(async () => {
    await vendors?.leave()
    vendors?.reset()
  })
  afterAll(async () => {
    await vendors?.close()
    await redis?.stop()
  })
  return deployment
}
