import type { Operation } from '../../src/operation.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'

/** An operation of a caller who may read everything, for code that is tested without a server. */
export function createOperation(operation: Partial<Operation> = {}): Operation {
  return {
    requestId: 'test',
    caller: { name: 'test', permissions: new Set(['certificates:read']), places: null, isIdentified: true },
    now: 0,
    deadline: Number.POSITIVE_INFINITY,
    signal: new AbortController().signal,
    timeSlice: endlessTimeSlice,
    cause: { requestId: 'test' },
    ...operation,
  }
}
