import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals'
import { type Clock, systemClock } from '../../../src/upstream/clock.ts'
import { createRedisReplica } from '../../../src/upstream/redis/replica.ts'
import type { Replicas } from '../../../src/upstream/replicas.ts'
import { createTestLog } from '../test-log.ts'
import { type RunningRedis, startRedis } from './redis-server.ts'

/** One of three replicas, in this process, and its log. */
export interface JoinedReplica {
  readonly replica: Replicas
  readonly lines: readonly Record<string, unknown>[]
}

/** Creates replicas, and closes all of them with `leave`. */
export function createReplicaJoiner(): {
  join(url: string, clock?: Clock, secret?: string): JoinedReplica
  leave(): void
} {
  const joined: Replicas[] = []
  return {
    join(url, clock = systemClock, secret) {
      const { log, lines } = createTestLog()
      const replica = createRedisReplica({ url, replicas: 3, secret }, { clock, log })
      joined.push(replica)
      return { replica, lines }
    },
    leave() {
      for (const replica of joined.splice(0)) void replica.close()
    },
  }
}

export interface ReplicaGroup {
  readonly redis: RunningRedis
  /** @param secret `redis.secret` */
  join(clock?: Clock, secret?: string): JoinedReplica
}

/** Starts Redis for the tests of a `describe`. Each test begins with an empty Redis and no replica. */
export function setUpReplicas(): ReplicaGroup {
  let redis: RunningRedis | undefined
  const joining = createReplicaJoiner()
  const running = () => {
    if (!redis) throw new Error('Redis runs only during the tests')
    return redis
  }

  beforeAll(async () => {
    redis = await startRedis()
  }, 30_000)
  afterAll(() => redis?.stop())
  beforeEach(() => running().use((client) => client.flushall()))
  afterEach(joining.leave)

  return {
    get redis() {
      return running()
    },
    join: (clock, secret) => joining.join(running().url, clock, secret),
  }
}
