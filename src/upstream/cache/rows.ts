/** A vendor's list as it came, before anything in it is understood. */
export interface Rows {
  /** As the vendor wrote them. */
  readonly rows: readonly unknown[]
  /** How many it promised and did not give. */
  readonly missing: number
}

/** A list that came whole. */
export const wholeList = (rows: readonly unknown[]): Rows => ({ rows, missing: 0 })
