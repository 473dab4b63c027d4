import { type Clock, maxSkew } from '../clock.ts'
import type { InvalidValueProblem, InvalidValues } from './invalid-values.ts'
import { type SharedValue, ValueSigner } from './value-signer.ts'

/** The values that the replicas with one secret share. Those of others are counted and not used. */
export class SignedValues {
  readonly #clock: Clock
  readonly #invalid: InvalidValues
  readonly #signer: ValueSigner

  constructor(secret: string, clock: Clock, invalid: InvalidValues) {
    this.#clock = clock
    this.#invalid = invalid
    this.#signer = new ValueSigner(secret)
  }

  get keyId(): string {
    return this.#signer.keyId
  }

  /** Returns the text of a value that is true from now on. */
  sign(name: string, milliseconds: number, body: string): string {
    const asOf = this.#clock.now()
    return this.signAsOf(name, { asOf, expiresAt: asOf + Math.ceil(milliseconds), body })
  }

  /** The same for a value that stays of use when the wall clock, which was ahead, is set back. */
  signUndated(name: string, milliseconds: number, body: string): string {
    return this.signAsOf(name, { asOf: 0, expiresAt: this.#clock.now() + Math.ceil(milliseconds), body })
  }

  signAsOf(name: string, value: SharedValue): string {
    return this.#signer.sign(name, value)
  }

  /** Returns the value of a text that a replica has signed, whether it has expired or not. An empty text means no value. */
  verify(name: string, text: string): SharedValue | null {
    if (text === '') return null
    const value = this.#signer.verify(name, text)
    if (!value) return this.reject('signature')
    return value.asOf <= this.#clock.now() + maxSkew ? value : this.reject('expired')
  }

  /** Returns the value of a text that a replica has signed and that has not expired: an old one may have been put back. */
  verifyCurrent(name: string, text: string): SharedValue | null {
    const value = this.verify(name, text)
    return value && value.expiresAt + maxSkew < this.#clock.now() ? this.reject('expired') : value
  }

  /** Counts a value that cannot be used. */
  reject(problem: InvalidValueProblem): null {
    this.#invalid.add(problem)
    return null
  }
}
