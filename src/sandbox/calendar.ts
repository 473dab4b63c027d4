const DAY = 86_400_000

/** Days counted from the UTC midnight at or before a moment. */
export function createCalendar(now: number) {
  const midnight = Math.floor(now / DAY) * DAY
  /** The start of that day; fractions of a day are hours into it. Before today when negative. */
  const startOf = (day: number) => new Date(midnight + day * DAY)
  return {
    startOf,
    /** Its last second: a certificate that runs out at the end of yesterday has run out all of today. */
    endOf: (day: number) => new Date(startOf(day + 1).getTime() - 1000),
  }
}

export type Calendar = ReturnType<typeof createCalendar>
