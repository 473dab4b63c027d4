import { createHash, createHmac, createSecretKey, hkdfSync, type KeyObject, timingSafeEqual } from 'node:crypto'

/** What a replica stores for the others. Times are wall-clock times. */
export interface SharedValue {
  /** When it was true. */
  readonly asOf: number
  /** When it ends, whatever Redis says. */
  readonly expiresAt: number
  readonly body: string
}

/** Scripts look for `asOf` at the beginning of a text. */
const head = /^(\d{1,15}) (\d{1,15}) ([\w-]{43}) /
/** More characters than any head has. */
const maxHeadLength = 80

/**
 * Signs what the replicas of one account share. A process that can write to Redis and does not have the account's secret
 * cannot make a value. The signature covers the name of the value, which is not valid under another one.
 */
export class ValueSigner {
  /** The digest of the key. It is part of the names: replicas with another secret have other values. */
  readonly keyId: string
  readonly #key: KeyObject

  constructor(secret: string) {
    const key = new Uint8Array(hkdfSync('sha256', secret, '', 'certgraph values in Redis', 32))
    this.#key = createSecretKey(key)
    this.keyId = createHash('sha256').update(key).digest('base64url').slice(0, 22)
  }

  /** Returns the text of a value. */
  sign(name: string, value: SharedValue): string {
    const { asOf, expiresAt, body } = value
    return `${asOf} ${expiresAt} ${this.#signatureOf(name, value).toString('base64url')} ${body}`
  }

  /** Returns the value of a text; null when it was not signed for this name. */
  verify(name: string, text: string): SharedValue | null {
    const match = head.exec(text.slice(0, maxHeadLength))
    if (!match) return null
    const [start, asOf, expiresAt, signature = ''] = match
    const value = { asOf: Number(asOf), expiresAt: Number(expiresAt), body: text.slice(start.length) }
    const isGenuine = timingSafeEqual(this.#signatureOf(name, value), Buffer.from(signature, 'base64url'))
    return isGenuine ? value : null
  }

  #signatureOf(name: string, { asOf, expiresAt, body }: SharedValue): Buffer {
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([name, asOf, expiresAt]))
      .update(body)
      .digest()
  }
}
