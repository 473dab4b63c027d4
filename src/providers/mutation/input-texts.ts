import { rejectPrivateKey } from '../../input-error.ts'
import { isObject } from '../../is-object.ts'

/**
 * Rejects an input with a private key in any of its texts, before anything reads, stores or quotes them.
 * @throws InputError with the path of the text
 */
export function rejectPrivateKeys(value: unknown, path = 'input'): void {
  if (typeof value === 'string') rejectPrivateKey(value, path)
  else if (Array.isArray(value))
    for (const [index, each] of value.entries()) rejectPrivateKeys(each, `${path}[${index}]`)
  else if (isObject(value)) for (const [name, each] of Object.entries(value)) rejectPrivateKeys(each, `${path}.${name}`)
}
