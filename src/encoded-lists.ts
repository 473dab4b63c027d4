import type { ExecutionResult, GraphQLError } from 'graphql'

/** A value that is JSON already. */
export class RawJson {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  /** For code that converts the value without regard to this class. */
  toJSON(): unknown {
    return JSON.parse(this.text)
  }
}

export type ResponsePath = readonly (string | number)[]

/**
 * The lists of one operation that were converted to JSON row by row. The executor gets an empty list instead of each, so
 * that it completes none of their fields.
 */
export class EncodedLists {
  readonly #lists: { readonly path: ResponsePath; readonly text: string }[] = []
  readonly #errors: GraphQLError[] = []

  /** @param errors those of fields that are null in the text */
  add(path: ResponsePath, text: string, errors: readonly GraphQLError[]): void {
    this.#lists.push({ path, text })
    this.#errors.push(...errors)
  }

  /** Puts the lists into the result of the operation, as `RawJson`. */
  insertInto(result: ExecutionResult): ExecutionResult {
    for (const { path, text } of this.#lists.splice(0)) insert(result.data, path, text)
    if (this.#errors.length === 0) return result
    // The executor has the errors first, too.
    const { errors = [], ...others } = result
    return { errors: [...errors, ...this.#errors], ...others }
  }
}

/**
 * Does nothing when an object on the path is null, because of an error beside the list.
 * @throws Error when the path leads to nothing: the list would be missing in the answer
 */
function insert(data: unknown, path: ResponsePath, text: string): void {
  let parent: unknown = null
  let value = data
  for (const key of path) {
    parent = value
    value = isObject(parent) ? parent[key] : null
    if (value === undefined) throw new Error(`the answer has no ${path.join('.')}`)
  }
  const last = path.at(-1)
  if (isObject(parent) && last !== undefined && value !== null) parent[last] = new RawJson(text)
}

function isObject(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null
}
