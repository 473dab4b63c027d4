import { isObject } from '../is-object.ts'

/** Executes GraphQL operations, in this process or at a running server. */
export type Execute = (
  operation: string,
  variables: Readonly<Record<string, unknown>>,
  headers?: Readonly<Record<string, string>>,
) => Promise<ExecutedOperation>

/** An answer. Its data is not checked yet. */
export interface ExecutedOperation {
  readonly data: Readonly<Record<string, unknown>> | null
  readonly errors: readonly OperationError[]
  readonly extensions: Readonly<Record<string, unknown>>
}

interface OperationError {
  readonly message: string
  readonly code: string | undefined
}

/** Where operations are executed. */
export interface Executor {
  readonly execute: Execute
  /** Whether the vendors are emulated. */
  readonly isSandbox: boolean
  close(): Promise<void>
}

/** The server could not be reached, or does not execute operations of this caller. */
export class ExecutionError extends Error {}

/** Parses an answer of GraphQL over HTTP; undefined when it is none. */
export function parseAnswer(text: string): ExecutedOperation | undefined {
  const answer = parseObject(text)
  if (!answer || !('data' in answer || 'errors' in answer)) return undefined
  const { data = null, errors = [], extensions } = answer
  if (!(data === null || isObject(data)) || !Array.isArray(errors)) return undefined
  return {
    data,
    errors: errors.map(toOperationError),
    extensions: isObject(extensions) ? extensions : {},
  }
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

function toOperationError(error: unknown): OperationError {
  const { message, extensions } = isObject(error) ? error : {}
  const code = isObject(extensions) ? extensions['code'] : undefined
  return {
    message: typeof message === 'string' ? message : 'an error without a message',
    code: typeof code === 'string' ? code : undefined,
  }
}
