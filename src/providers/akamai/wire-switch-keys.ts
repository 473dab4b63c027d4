import { isObject } from '../../is-object.ts'

/** An account that the client may act for. */
export interface WireAccountSwitchKey {
  readonly accountName: string
  readonly accountSwitchKey: string
}

/** @throws when the answer is no list, or a row of it lacks its name or its key: none may vanish silently */
export function parseAccountSwitchKeys(body: unknown): readonly WireAccountSwitchKey[] {
  if (!Array.isArray(body)) throw new Error('no list of account switch keys')
  return body.map((row: unknown) => {
    const { accountName, accountSwitchKey } = isObject(row) ? row : {}
    if (!isText(accountName) || !isText(accountSwitchKey)) throw new Error('an account without a name or a switch key')
    return { accountName, accountSwitchKey }
  })
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
