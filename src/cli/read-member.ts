import { z } from 'zod'
import type { ExecutedOperation } from './execute.ts'

/** What an answer has in a member. */
interface MemberReading<Value> {
  /** Null when it is absent or malformed. */
  readonly value: Value | null
  /** Why there is no value; null also where the errors of the answer say it. */
  readonly mistake: string | null
}

/** Reads a member of the data. The server may be another version, or another program. */
export function readMember<Value>(
  schema: z.ZodType<Value>,
  { data, errors }: Pick<ExecutedOperation, 'data' | 'errors'>,
  name: string,
): MemberReading<Value> {
  const member = data?.[name] ?? null
  if (member === null)
    return { value: null, mistake: errors.length > 0 ? null : `the answer has neither ${name} nor errors` }
  const { data: value, error } = schema.safeParse(member)
  return error ? { value: null, mistake: malformedText(name, error) } : { value, mistake: null }
}

/** Names the first malformed member. Values are not named: they may be anything. */
export function malformedText(name: string, { issues }: z.ZodError): string {
  const [issue] = issues
  const path = z.core.toDotPath([name, ...(issue?.path ?? [])])
  return `the answer is malformed at ${path}: ${issue?.message ?? 'not valid'}; expected the answer of a certgraph server of this version`
}
