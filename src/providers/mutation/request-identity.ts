import { createHash } from 'node:crypto'
import { findKeyProblem, idempotencyKeyExpected } from '../../idempotency-key.ts'
import { InputError, rejectPrivateKey } from '../../input-error.ts'
import { isObject } from '../../is-object.ts'
import type { Caller, Operation } from '../../operation.ts'

/** What makes two requests the same: the key for the same caller and mutation, and the digest of the input. */
export interface RequestIdentity {
  readonly key: string
  readonly digest: string
  /** Identifies the caller. */
  readonly owner: string
}

/** The members of an input that are no part of the change. */
const notCompared: ReadonlySet<string> = new Set(['idempotencyKey', 'dryRun'])

/**
 * Identifies a request by the idempotency key in its input or in its header; null without one.
 * @throws InputError when the key is invalid
 */
export function identifyRequest(
  mutation: string,
  input: { readonly idempotencyKey?: string | null | undefined },
  { caller, idempotencyKey: keyInHeader }: Pick<Operation, 'caller' | 'idempotencyKey'>,
): RequestIdentity | null {
  const key = input.idempotencyKey ?? keyInHeader ?? null
  if (key === null) return null
  const argument = 'input.idempotencyKey'
  rejectPrivateKey(key, argument)
  const problem = findKeyProblem(key)
  if (problem !== null) throw new InputError(`${argument}: ${problem}; expected ${idempotencyKeyExpected}`)
  const compared = Object.entries(input).filter(([name]) => !notCompared.has(name))
  const owner = identifyCaller(caller)
  return {
    owner: digestOf(owner),
    key: digestOf([...owner, mutation, key]),
    digest: digestOf(Object.fromEntries(compared)),
  }
}

/** All callers without a credential share their keys. An address does not identify a caller, and may change between requests. */
function identifyCaller({ isIdentified, credential, name }: Caller): readonly string[] {
  return isIdentified ? [credential ?? '', name] : ['anonymous', '']
}

function digestOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(normalized(value)))
    .digest('base64url')
}

/**
 * Sorts the members of objects. One that is null or false is the same as one that is absent: flags have no other default,
 * which GraphQL sets only when they are absent.
 */
function normalized(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normalized)
  if (!isObject(value)) return value
  const members = Object.entries(value).filter(
    ([, member]) => member !== null && member !== undefined && member !== false,
  )
  return members.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, normalized(member)])
}
