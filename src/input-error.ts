import { hasPrivateKey } from './private-key.ts'

export type InputErrorCode = 'BAD_USER_INPUT' | 'FORBIDDEN' | 'NOT_CONFIGURED'

export interface InputErrorDetails {
  readonly provider?: string
  /** Global id of the place that the error is about. */
  readonly place?: string
  /** The measured number and its limit, when a limit was exceeded. */
  readonly measured?: Readonly<Record<string, number>>
}

/** A mistake or a missing right of the caller. The message says what was wrong and what would be right. */
export class InputError extends Error {
  override readonly name = 'InputError'
  readonly code: InputErrorCode
  readonly details: InputErrorDetails

  constructor(message: string, code: InputErrorCode = 'BAD_USER_INPUT', details: InputErrorDetails = {}) {
    super(message)
    this.code = code
    this.details = details
  }

  /** Returns the same error with the path of the argument that its message is about a member of. */
  under(path: string): InputError {
    return new InputError(`${path}.${this.message}`, this.code, this.details)
  }

  /** Returns the same error with the place that it is about. */
  at(place: { readonly provider: string; readonly id: string }): InputError {
    return new InputError(this.message, this.code, { ...this.details, provider: place.provider, place: place.id })
  }
}

/** Runs a function, and adds the path of an argument to its error about a member of that argument. */
export async function underArgument<T>(path: string, run: () => T | Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    throw error instanceof InputError && error.code === 'BAD_USER_INPUT' ? error.under(path) : error
  }
}

/** @throws InputError when the list of an argument is longer than the limit */
export function checkLength(argument: string, { length }: readonly unknown[], limit: number): void {
  if (length <= limit) return
  const measured = { [argument]: length, limit }
  throw new InputError(`${argument}: ${length} entries; expected at most ${limit}`, 'BAD_USER_INPUT', { measured })
}

/** The most characters, as UTF-16 code units, of a text that is compared with many others. */
const maxTextLength = 256

/** @throws InputError when the text of an argument is longer than the limit, or contains a private key */
export function checkText(argument: string, text: string | null | undefined): void {
  const length = text?.length ?? 0
  if (length > maxTextLength) {
    const measured = { [argument]: length, limit: maxTextLength }
    const message = `${argument}: ${length} characters; expected at most ${maxTextLength}`
    throw new InputError(message, 'BAD_USER_INPUT', { measured })
  }
  if (text) rejectPrivateKey(text, argument)
}

/** Rejects a text with a private key, without repeating the key. @throws InputError */
export function rejectPrivateKey(text: string, what: string): void {
  if (!hasPrivateKey(text)) return
  throw new InputError(`${what}: contains a private key, which was not forwarded; replace this key`)
}
