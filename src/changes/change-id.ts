import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'

/** One block: an id is the sequence of a change, encrypted. */
const algorithm = 'aes-128-ecb'
const length = 16
const lengthOfId = Buffer.alloc(length).toString('base64url').length

/**
 * The ids of one history. A sequence would tell a caller who may see some places how much changes in all others. Another
 * history has other ids.
 */
export class ChangeIds {
  readonly #key: Buffer

  /** @param history the id of the history, which is no part of an answer */
  constructor(history: string) {
    this.#key = createHash('sha256').update(`certgraph change ids ${history}`).digest().subarray(0, length)
  }

  toId(sequence: number): string {
    const block = Buffer.alloc(length)
    block.writeBigUInt64BE(BigInt(sequence), length - 8)
    const cipher = createCipheriv(algorithm, this.#key, null).setAutoPadding(false)
    return Buffer.concat([cipher.update(block), cipher.final()]).toString('base64url')
  }

  /** The sequence; null when the text is no id of this history. */
  parse(id: string): number | null {
    const encrypted = Buffer.from(id.slice(0, lengthOfId), 'base64url')
    if (id.length !== lengthOfId || encrypted.length !== length) return null
    const decipher = createDecipheriv(algorithm, this.#key, null).setAutoPadding(false)
    const block = Buffer.concat([decipher.update(encrypted), decipher.final()])
    const sequence = Number(block.readBigUInt64BE(length - 8))
    return block.readBigUInt64BE(0) === 0n && sequence > 0 && this.toId(sequence) === id ? sequence : null
  }
}
