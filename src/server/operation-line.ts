import type { Logger } from 'pino'
import type { OutcomeSummary } from '../operation-outcome.ts'

/** What the log has about one operation. A member that is undefined is left out. */
interface OperationLine extends Partial<OutcomeSummary> {
  readonly requestId: string
  readonly caller: string | undefined
  /** The trace that its span belongs to. */
  readonly traceId?: string | undefined
  readonly operationName: string | undefined
  readonly cost: number | undefined
  readonly upstreamCalls: number | undefined
  readonly durationMs: number
  /** The answer of an identical operation was sent. */
  readonly stored?: true
  /** The codes of its errors. */
  readonly codes?: readonly unknown[]
  readonly clientLeft?: true
}

/** Logs one operation. */
export function logOperation(log: Logger, line: OperationLine): void {
  log.info(line, 'operation')
}
