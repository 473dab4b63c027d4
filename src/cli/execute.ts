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

/** A file of a server, or the problem that it answers in its place. */
export interface Download {
  readonly status: number
  readonly headers: Headers
  /** The text in parts, which can be read once. @throws ExecutionError when it ends early */
  readonly parts: AsyncIterable<string>
}

/** Where operations are executed. */
export interface Executor {
  readonly execute: Execute
  /** Gets a path of the server, such as an export. @throws ExecutionError */
  download(path: string, query: URLSearchParams): Promise<Download>
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

/**
 * Decodes a text as it arrives. A byte order mark is a part of it.
 * @param toError the error for a text that ends early
 */
export async function* decodeParts(
  body: AsyncIterable<Uint8Array> | null,
  toError: (reason: unknown) => unknown,
): AsyncGenerator<string, void, undefined> {
  if (!body) return
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  try {
    for await (const part of body) yield decoder.decode(part, { stream: true })
  } catch (error) {
    throw toError(error)
  }
  yield decoder.decode()
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
