/** Which certificates are checked, and from when on they count. */
export interface Selection {
  readonly owners: readonly string[]
  readonly places: readonly string[]
  /** Only certificates that are not replaced before they expire. */
  readonly uncovered: boolean
  /** Without those that are known to be inactive. */
  readonly active: boolean
  /** Milliseconds before the expiry. Absent: as the expiry status of the server says. */
  readonly warning: number | undefined
  readonly critical: number | undefined
}

type Filter = Readonly<Record<string, unknown>>

/** More than any certificate is valid for. */
const ever = 'P36500D'

/** The filter for all certificates that are checked. */
export function filterOf({ owners, places, active }: Pick<Selection, 'owners' | 'places' | 'active'>): Filter {
  return {
    ...(owners.length > 0 && { owners }),
    ...(places.length > 0 && { placeIds: places }),
    ...(active && { active: true }),
  }
}

/**
 * The filters that together pass each certificate that may not be OK. The server decides on the expiry status; a
 * certificate of unknown expiry passes every one of them.
 */
export function filtersOfSuspects(selection: Selection): readonly Filter[] {
  const { warning, critical, uncovered } = selection
  const all = { ...filterOf(selection), ...(uncovered && { expiringUncovered: ever }) }
  const days = [warning, critical].filter((time) => time !== undefined)
  const byDays = days.length > 0 ? [{ ...all, expiresWithin: `PT${Math.max(...days) / 1_000}S` }] : []
  const statuses = [
    'EXPIRED',
    'UNKNOWN',
    ...(critical === undefined || warning === undefined ? ['CRITICAL'] : []),
    ...(warning === undefined ? ['WARNING'] : []),
  ]
  return days.length === 2 ? byDays : [{ ...all, expiryStatuses: statuses }, ...byDays]
}
