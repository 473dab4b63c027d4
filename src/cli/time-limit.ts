import type { Clock } from '../upstream/clock.ts'
import { ExecutionError } from './execute.ts'

/** The time that a command may take. */
interface TimeLimit {
  /** Aborts with an ExecutionError. */
  readonly signal: AbortSignal
  end(): void
}

/**
 * Begins to measure the time of a command.
 * @param grace milliseconds after the time for an operation that ends by itself
 */
export function startTimeLimit(clock: Clock, milliseconds: number, grace = 0): TimeLimit {
  const controller = new AbortController()
  const text = `not finished within ${milliseconds / 1_000} s; expected a server that answers, or a longer --timeout`
  const end = clock.timer(milliseconds + grace, () => controller.abort(new ExecutionError(text)))
  return { signal: controller.signal, end }
}
