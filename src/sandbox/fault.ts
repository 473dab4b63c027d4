import type { Call, EmulatedResponse } from './call.ts'

/** Rewrites the JSON of the real response. Numbers beyond 2^53 lose digits. */
interface Patch {
  readonly patch: (body: unknown) => unknown
}

/** A response to each call, such as another page every time. */
interface Responder {
  readonly respond: (call: Call) => EmulatedResponse
}

/** `hang` sends no response, `reset` resets the connection, a response replaces the real one. */
type Outcome = 'hang' | 'reset' | EmulatedResponse

/** The vendor executes the call, and this happens in place of its response. */
interface Applied {
  readonly applied: Outcome
}

/** A bare outcome happens before the vendor executes the call. */
export type Effect = Outcome | Applied | Patch | Responder

export interface Fault {
  /** Which calls the fault applies to. Default: all. */
  readonly match?: (call: Call) => boolean
  /** How many calls the fault applies to. Default: all calls until it is switched off. */
  readonly times?: number
  readonly effect: Effect
}

/** The faults that are switched on. The newest fault that matches a call applies. */
export function createFaults() {
  const active: { readonly fault: Fault; left: number }[] = []
  const remove = (entry: (typeof active)[number]) => {
    const index = active.indexOf(entry)
    if (index >= 0) active.splice(index, 1)
  }
  return {
    /** Returns a function that switches the fault off. */
    add(fault: Fault): () => void {
      const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY }
      active.push(entry)
      return () => remove(entry)
    },
    apply(call: Call): Effect | undefined {
      const entry = active.findLast(({ fault, left }) => left > 0 && (fault.match?.(call) ?? true))
      if (!entry) return undefined
      entry.left -= 1
      if (entry.left <= 0) remove(entry)
      return entry.fault.effect
    },
    clear(): void {
      active.length = 0
    },
  }
}
