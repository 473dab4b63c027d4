import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { countsUnder, keptWindow, type Limit, limitsOn } from '../rate-limit/limit.ts'
import { type SlidingWindow, stillCounting } from '../rate-limit/sliding-window.ts'
import type { Connection } from './connection.ts'
import { pause, take, write } from './rate-limit-scripts.ts'

/** A call, with a name by which it counts once however often it is written down. */
export interface NamedCall {
  readonly name: string
  readonly resource: string
  readonly at: number
}

const answer = z.tuple([z.number(), z.number(), z.number(), z.array(z.array(z.coerce.number()))])

/** The calls of all replicas, in Redis. Redis's clock counts there; what comes from it is told by the clock of this process. */
export class RedisSlidingWindow {
  readonly #clock: Clock
  readonly #connection: Connection
  readonly #keyOf: (part: string) => string
  readonly #limits: readonly Limit[]
  /** As of the last time that Redis was asked. */
  readonly #known = new Map<Limit, readonly number[]>()

  constructor(clock: Clock, connection: Connection, keyOf: (part: string) => string, limits: readonly Limit[]) {
    this.#clock = clock
    this.#connection = connection
    this.#keyOf = keyOf
    this.#limits = limits
  }

  /** Milliseconds to wait, none if the call is written down, and what is left of a pause; nothing when Redis is gone. */
  async take(name: string, resource: string): Promise<{ readonly wait: number; readonly pause: number } | undefined> {
    const limits = limitsOn(this.#limits, resource)
    const keys = [this.#keyOfPause(resource), ...limits.map((limit) => this.#keyOfLog(limit))]
    const args = limits.flatMap((limit) => [limit.calls, wholeWindow(limit)])
    const { data } = answer.safeParse(await this.#connection.run(take, keys, [name, ...args]))
    if (!data) return undefined
    const [wait, pause, theirNow, logs] = data
    const ahead = theirNow - this.#clock.now()
    for (const [index, limit] of limits.entries()) this.#known.set(limit, logs[index]?.map((at) => at - ahead) ?? [])
    return { wait, pause }
  }

  write(calls: readonly NamedCall[]): void {
    const now = this.#clock.now()
    for (const limit of this.#limits) {
      const counting = calls.filter(({ resource }) => countsUnder(limit, resource))
      const ages = counting.flatMap(({ at, name }) => [Math.max(0, now - at), name])
      if (ages.length > 0) void this.#connection.run(write, [this.#keyOfLog(limit)], [wholeWindow(limit), ...ages])
    }
  }

  pause(resource: string, milliseconds: number): void {
    if (milliseconds > 0) void this.#connection.run(pause, [this.#keyOfPause(resource)], [Math.ceil(milliseconds)])
  }

  known(resource: string): readonly SlidingWindow[] {
    const now = this.#clock.now()
    const logs = limitsOn(this.#limits, resource).map((limit) => ({ limit, times: this.#known.get(limit) ?? [] }))
    return logs.map((log) => ({ ...log, times: stillCounting(log, now) }))
  }

  #keyOfLog({ resource, window }: Limit): string {
    return this.#keyOf(`calls:${window}:${resource ?? ''}`)
  }

  #keyOfPause(resource: string): string {
    return this.#keyOf(`pause:${resource}`)
  }
}

/** Redis counts in whole milliseconds. */
function wholeWindow(limit: Limit): number {
  return Math.ceil(keptWindow(limit))
}
