import { rejectPrivateKey } from '../../input-error.ts'
import { isObject } from '../../is-object.ts'
import type { Operation } from '../../operation.ts'
import { perOperation } from '../../per-operation.ts'

/** The texts of an operation that were found to have no private key. Its mutations may have the same text a thousand times. */
const harmlessTexts = perOperation(() => new Set<string>())

/**
 * Rejects an input with a private key in any of its texts, before anything reads, stores or quotes them. Each text of the
 * operation is searched once, so that the work is bounded by the length of the request.
 * @throws InputError with the path of the text
 */
export function rejectPrivateKeys(input: object, operation: Operation): void {
  const harmless = harmlessTexts(operation)
  const visit = (value: unknown, path: string): void => {
    if (typeof value === 'string') {
      if (harmless.has(value)) return
      rejectPrivateKey(value, path)
      harmless.add(value)
    } else if (Array.isArray(value)) {
      for (const [index, each] of value.entries()) visit(each, `${path}[${index}]`)
    } else if (isObject(value)) {
      for (const [name, each] of Object.entries(value)) visit(each, `${path}.${name}`)
    }
  }
  visit(input, 'input')
}
