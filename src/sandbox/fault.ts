import type { Answer, Call } from './call.ts'

/** Rewrites the JSON of the real answer. Numbers beyond 2^53 lose digits on the way. */
interface Patch {
  readonly patch: (body: unknown) => unknown
}

/** `hang` never answers, `reset` breaks the connection, an answer is given instead of the real one. */
type Outcome = 'hang' | 'reset' | Answer

/** The vendor does what it is asked for; only what it says of that is lost, or is this. */
interface Applied {
  readonly applied: Outcome
}

/** An outcome alone strikes before the vendor has done anything. */
export type Effect = Outcome | Applied | Patch

export interface Fault {
  /** Which calls it strikes: every one unless told. */
  readonly match?: (call: Call) => boolean
  /** How many calls it strikes: all until it is switched off, unless told. */
  readonly times?: number
  readonly effect: Effect
}

/** The faults that are switched on; of those that match a call, the newest strikes. */
export function createFaults() {
  const active: { readonly fault: Fault; left: number }[] = []
  const remove = (entry: (typeof active)[number]) => {
    const index = active.indexOf(entry)
    if (index >= 0) active.splice(index, 1)
  }
  return {
    /** Returns what switches it off again. */
    add(fault: Fault): () => void {
      const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY }
      active.push(entry)
      return () => remove(entry)
    },
    strike(call: Call): Effect | undefined {
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
