/** The caller asked for something that cannot be answered; the message says what would be right. */
export class InputError extends Error {
  override readonly name = 'InputError'
  readonly code: 'BAD_USER_INPUT' | 'FORBIDDEN' | 'NOT_CONFIGURED'
  /** What was measured and what is allowed, where that is the mistake. */
  readonly measured: Readonly<Record<string, number>>

  constructor(message: string, code: InputError['code'] = 'BAD_USER_INPUT', measured: InputError['measured'] = {}) {
    super(message)
    this.code = code
    this.measured = measured
  }
}

/** @throws InputError when a list has more entries than are allowed */
export function refuseMore(argument: string, list: readonly unknown[], limit: number): void {
  const { length } = list
  if (length <= limit) return
  throw new InputError(`${argument}: at most ${limit}, not ${length}`, 'BAD_USER_INPUT', { [argument]: length, limit })
}
