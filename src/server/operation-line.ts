import type { Logger } from 'pino'
import type { OutcomeSummary } from '../operation-outcome.ts'

/** What the log has about one operation. A member that is undefined is left out. */
interface OperationLine {
  readonly requestId: string
  readonly caller: string | undefined
  /** The trace that its span belongs to. */
  readonly traceId?: string | undefined
  readonly operationName?: string | undefined
  readonly cost?: number | undefined
  readonly upstreamCalls: number | undefined
  readonly durationMs: number
  /** The answer of an identical operation was sent. */
  readonly stored?: true | undefined
  /** The codes of its errors. */
  readonly codes?: readonly unknown[] | undefined
  readonly clientLeft?: true | undefined
  /** What was wrong with what it read. */
  readonly read?: OutcomeSummary | undefined
}

/** Logs one operation. */
export function logOperation(log: Logger, line: OperationLine): void {
  const { read } = line
  // Each member by its name: to spread several objects into one takes as long as to send a short answer.
  const logged = {
    requestId: line.requestId,
    caller: line.caller,
    operationName: line.operationName,
    traceId: line.traceId,
    cost: line.cost,
    upstreamCalls: line.upstreamCalls,
    durationMs: line.durationMs,
    stored: line.stored,
    codes: line.codes,
    clientLeft: line.clientLeft,
    complete: read?.complete,
    fresh: read?.fresh,
    stale: read?.stale,
    failed: read?.failed,
    moreSources: read?.moreSources,
  } satisfies Record<keyof (Omit<OperationLine, 'read'> & OutcomeSummary), unknown>
  log.info(logged, 'operation')
}
