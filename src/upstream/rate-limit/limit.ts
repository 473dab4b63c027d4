/** How often a vendor lets itself be called, as data. */
export interface Limit {
  /** Which calls count: those for one resource, or all that share the budget. */
  readonly resource: string | null
  /** How many of them are made within any window. */
  readonly calls: number
  /** Milliseconds, as the vendor counts them. */
  readonly window: number
  /** Where the vendor says so. */
  readonly source: string
  /** `upstream.<vendor>.budget` sets `calls`. */
  readonly adjustable?: true
}

/** Whether a call for the resource counts under the limit. */
export function countsUnder(limit: Limit, resource: string): boolean {
  return limit.resource === null || limit.resource === resource
}

/** Every limit that a call for the resource counts under. */
export function limitsOn(limits: readonly Limit[], resource: string): readonly Limit[] {
  return limits.filter((limit) => countsUnder(limit, resource))
}

/** The window as it is kept: one call reaches the vendor late and the next one soon, and its clock only sees that. */
export function keptWindow({ window }: Limit): number {
  return window + Math.max(250, window / 60)
}
