import { SharedTimeSlice } from '../shared-time-slice.ts'
import type { TimeSlice } from '../time-slice.ts'

interface Computation<Value> {
  readonly value: Promise<Value>
  readonly timeSlice: SharedTimeSlice
}

/** A value that is computed once. Operations that need it meanwhile wait for it, and the work takes their slices too. */
export class SharedValue<Value extends object> {
  #value: Value | null = null
  #computation: Computation<Value> | null = null

  /** Null while it is not computed. */
  get current(): Value | null {
    return this.#value
  }

  get(timeSlice: TimeSlice, compute: (timeSlice: TimeSlice) => Promise<Value>): Value | Promise<Value> {
    return this.#value ?? this.#wait(timeSlice, compute)
  }

  async #wait(timeSlice: TimeSlice, compute: (timeSlice: TimeSlice) => Promise<Value>): Promise<Value> {
    // Operations that have ended before the value is computed leave that to the next one.
    while (this.#computation !== null) {
      this.#computation.timeSlice.join(timeSlice)
      await this.#computation.value.catch(() => null)
    }
    if (this.#value) return this.#value
    const shared = new SharedTimeSlice(timeSlice)
    this.#computation = { value: compute(shared), timeSlice: shared }
    try {
      this.#value = await this.#computation.value
      return this.#value
    } finally {
      this.#computation = null
    }
  }
}
