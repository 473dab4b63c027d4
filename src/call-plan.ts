import {
  type CallCount,
  keyOf,
  nameOf,
  type PlanLine,
  type PlannedCalls,
  type PlannedPlace,
  toCount,
  toLine,
  toPreparationLines,
} from './call-plan-line.ts'

/** The calls for single objects of a place. */
interface CallTally extends PlannedCalls {
  /** Before a condition could not be tested. */
  before: number
  after: number
  /** Calls that the rate limit would not let through before the deadline. */
  refused: number
}

interface PlannedReading extends PlannedCalls {
  /** Zero when nothing is called now. */
  readonly calls: CallCount
  /** What the number depends on; empty when it is known. */
  readonly dependsOn: readonly string[]
  /** Whether the operation gets a reading without waiting. */
  readonly isKept: boolean
  /** Whether the plan uses an old reading in place of a new one. */
  readonly hasOld: boolean
  /** A list of places below this one. */
  readonly isDiscovery: boolean
  /** The vendor's ids of places that the caller may see, and that this list may show to be below a hidden account. */
  readonly mayFind: readonly string[]
}

export type CallPlanReport = { readonly lines: readonly PlanLine[] } & Partial<CallCount> & { readonly calls?: number }

/** The calls to vendors that an operation would make. The operation is executed with it, and makes none. */
export class CallPlan {
  readonly #places: ReadonlySet<string> | null
  readonly #readings = new Map<string, PlannedReading>()
  readonly #calls = new Map<string, CallTally>()
  /** By account: the calls of one preparation serve all calls of the account. */
  readonly #preparations = new Map<string, readonly PlannedCalls[]>()
  #isUntested = false
  #callsPerRow = false

  /** @param places the vendors' ids of the places that the caller may see; null: all */
  constructor(places: ReadonlySet<string> | null) {
    this.#places = places
  }

  /** Records a reading of a place. It is made once, however often the operation needs it. */
  addReading(reading: PlannedReading): void {
    const key = keyOf(reading)
    const known = this.#readings.get(key)
    // A stricter `maxStaleness` reads the place again.
    if (!known || (known.isKept && !reading.isKept)) this.#readings.set(key, reading)
  }

  /**
   * Records a call that this operation alone needs.
   * @param isMade whether the rate limit would let it through before the deadline
   */
  addCall(call: PlannedCalls, isMade: boolean): void {
    const tally = this.#calls.get(keyOf(call)) ?? { ...call, before: 0, after: 0, refused: 0 }
    if (isMade) tally[this.#isUntested ? 'after' : 'before'] += 1
    else tally.refused += 1
    this.#calls.set(keyOf(call), tally)
  }

  /** Records the calls before others of an account, such as one for a token. They are made once. */
  addPreparations(account: string, calls: readonly PlannedCalls[]): void {
    this.#preparations.set(account, calls)
  }

  /** Records that certificates that are not known yet would need calls. */
  noteCallsPerRow(): void {
    this.#callsPerRow = true
  }

  /**
   * Records that a condition on certificates could not be tested. It is not known which of them pass, and which calls follow.
   */
  noteUntested(): void {
    this.#isUntested = true
  }

  /**
   * The calls, without those for places that the caller may not see.
   * @param callsPerRow whether the operation selects fields that need a call for a certificate
   */
  toReport(callsPerRow: boolean): CallPlanReport {
    const lines = [
      ...[...this.#preparations.values()].flatMap((calls) => toPreparationLines(calls)),
      ...[...this.#readings.values()].flatMap((reading) => this.#toReadingLines(reading, callsPerRow)),
      ...[...this.#calls.values()].map((call) => this.#toCallLine(call, callsPerRow)),
    ]
      .flatMap((line) => this.#visible(line) ?? [])
      .concat(this.#toUnfoundLines())
    const minimum = lines.reduce((sum, { calls, minimum: least }) => sum + (calls ?? least ?? 0), 0)
    const maxima = lines.map(({ calls, maximum }) => calls ?? maximum ?? null)
    const maximum = maxima.reduce<number | null>((sum, each) => (sum === null || each === null ? null : sum + each), 0)
    return { lines, ...toCount({ minimum, maximum }) }
  }

  #toReadingLines(reading: PlannedReading, callsPerRow: boolean): readonly PlanLine[] {
    const { calls, isKept, hasOld, isDiscovery, place } = reading
    const unread = [...this.#unknownPlacesOf(place), ...this.#listsBefore(reading)]
    const count = unread.length > 0 ? { ...calls, minimum: 0 } : calls
    const line = toLine(reading, count, [...unread, ...reading.dependsOn], isKept)
    // Without any list it is not known what would be read below.
    const isOpen = !isKept && !hasOld && (isDiscovery || callsPerRow || this.#callsPerRow)
    if (!isOpen) return [line]
    const below = {
      ...reading,
      resource: null,
      place: isDiscovery ? { ...place, vendorId: null, parent: place } : place,
    }
    return [line, toLine(below, { minimum: 0, maximum: null }, [nameOf(reading)])]
  }

  /** Places of the caller below accounts that the caller may not see. Which account has them is not known. */
  #toUnfoundLines(): readonly PlanLine[] {
    const unfound = [...this.#readings.values()]
      .filter(({ isDiscovery, isKept, place }) => isDiscovery && !isKept && !this.#isVisible(place.vendorId))
      .flatMap(({ place: { provider }, mayFind }) =>
        mayFind.map((id) => [JSON.stringify([provider, id]), provider, id]),
      )
    const distinct = new Map(unfound.map(([key, provider = '', place = '']) => [key, { provider, place }]))
    return [...distinct.values()].map(({ provider, place }) => ({
      provider,
      account: null,
      resource: null,
      place,
      minimum: 0,
      maximum: null,
      dependsOn: [`the account that has ${place}`],
      cached: false,
      rateLimitRemaining: null,
    }))
  }

  /** Calls for rows of a list that is read again, or that passed a condition, are calls for other rows. */
  #toCallLine(call: CallTally, callsPerRow: boolean): PlanLine {
    const { before, after, refused } = call
    const unread = [...this.#readings.values()].filter(
      ({ isKept, place }) => !isKept && this.#isVisible(place.vendorId),
    )
    const untested = this.#isUntested && callsPerRow ? ['the conditions of a filter'] : []
    const limited =
      refused > 0 ? [`the rate limit, which refuses ${refused} more ${refused === 1 ? 'call' : 'calls'}`] : []
    const others = [...unread.map(nameOf), ...untested]
    const known = { minimum: before + after, maximum: before + after }
    const count = others.length === 0 ? known : { minimum: unread.length > 0 ? 0 : before, maximum: null }
    return toLine(call, count, [...others, ...limited])
  }

  /** The list of places that this one was found in, if that list would be read again. */
  #unknownPlacesOf({ parent }: PlannedPlace): readonly string[] {
    return [...this.#readings.values()]
      .filter(({ isDiscovery, isKept, place }) => isDiscovery && !isKept && place.id === parent?.id)
      .map(nameOf)
  }

  /** Another list of the place, whose rows decide whether this reading is needed. */
  #listsBefore({ place, resource, isDiscovery }: PlannedReading): readonly string[] {
    if (isDiscovery) return []
    const lists = [...this.#readings.values()].filter((each) => each.place.id === place.id && !each.isDiscovery)
    const before = lists.slice(
      0,
      lists.findIndex((each) => each.resource === resource),
    )
    return before.filter(({ isKept }) => !isKept).map(nameOf)
  }

  /** The line, or null when the caller may not see it. A caller who may see a place also sees the id of its account. */
  #visible(line: PlanLine): PlanLine | null {
    if (this.#places === null) return line
    const { account, place } = line
    return this.#isVisible(place ?? account ?? '') ? line : null
  }

  #isVisible(vendorId: string): boolean {
    return this.#places === null || this.#places.has(vendorId)
  }
}
