/** A value that is computed once. Operations that need it meanwhile wait for it. */
export class SharedValue<Value extends object> {
  #value: Value | null = null
  #computing: Promise<Value> | null = null

  /** Null while it is not computed. */
  get current(): Value | null {
    return this.#value
  }

  get(compute: () => Promise<Value>): Value | Promise<Value> {
    return this.#value ?? this.#wait(compute)
  }

  async #wait(compute: () => Promise<Value>): Promise<Value> {
    // An operation that ends before it has computed the value leaves that to the next one.
    while (this.#computing !== null) await this.#computing.catch(() => null)
    if (this.#value) return this.#value
    this.#computing = compute()
    try {
      this.#value = await this.#computing
      return this.#value
    } finally {
      this.#computing = null
    }
  }
}
