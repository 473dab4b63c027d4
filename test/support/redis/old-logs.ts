import type { Identity } from '../../../src/upstream/call/vendor-api.ts'
import { systemClock } from '../../../src/upstream/clock.ts'
import type { Limit } from '../../../src/upstream/rate-limit/limit.ts'
import { InvalidValues } from '../../../src/upstream/redis/invalid-values.ts'
import { Keyring } from '../../../src/upstream/redis/keys.ts'
import { createTestLog } from '../test-log.ts'
import type { RunningRedis } from './redis-server.ts'

/** Creates the logs of a rate limiter that began long ago: no replica keeps to its share because a log is young. */
export async function createOldLogs(
  redis: RunningRedis,
  identity: Identity,
  limits: readonly Limit[],
): Promise<readonly string[]> {
  const keys = new Keyring(systemClock, new InvalidValues(systemClock, createTestLog().log)).keysOf(identity)
  const logs = limits.map(({ window, resource }) => keys.ofCalls(`calls:${window}:${resource ?? ''}`))
  await redis.use(async (client) => {
    for (const log of logs) await client.multi().zadd(log, 0, '0:old').pexpire(log, 60_000).exec()
  })
  return logs
}
