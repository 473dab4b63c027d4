import { type Clock, systemClock } from '../../../src/upstream/clock.ts'
import { createRedisReplica } from '../../../src/upstream/redis/replica.ts'
import type { Replicas } from '../../../src/upstream/replicas.ts'
import { createTestLog } from '../test-log.ts'

/** One of three replicas, in this process, and its log. */
export interface JoinedReplica {
  readonly replica: Replicas
  readonly lines: readonly Record<string, unknown>[]
}

/** Creates replicas, and closes all of them with `leave`. */
export function createReplicaJoiner(): { join(url: string, clock?: Clock): JoinedReplica; leave(): void } {
  const joined: Replicas[] = []
  return {
    join(url, clock = systemClock) {
      const { log, lines } = createTestLog()
      const replica = createRedisReplica({ url, replicas: 3 }, { clock, log })
      joined.push(replica)
      return { replica, lines }
    },
    leave() {
      for (const replica of joined.splice(0)) replica.close()
    },
  }
}
