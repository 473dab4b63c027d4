/** The caller asked for something that cannot be answered; the message says what would be right. */
export class InputError extends Error {
  override readonly name = 'InputError'
  readonly code: 'BAD_USER_INPUT' | 'FORBIDDEN' | 'NOT_CONFIGURED'

  constructor(message: string, code: InputError['code'] = 'BAD_USER_INPUT') {
    super(message)
    this.code = code
  }
}
