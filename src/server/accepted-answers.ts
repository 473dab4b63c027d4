/** An answer that the operating system has accepted and the client has not acknowledged. */
export interface AcceptedAnswer {
  /** Where it ends in the bytes of the connection. */
  readonly end: number
  /** The value of `performance.now()` when the operating system had accepted it. */
  readonly acceptedAt: number
  /** What ends the wait, besides the acknowledgement: the client's next request, or little memory for all connections. */
  readonly waitsFor: 'acknowledgement' | 'next request' | 'memory'
  /** Whether the client probably has it. */
  isPresumedRead: boolean
  /** Called once. */
  done(): void
}

/** The answers of one connection that the client has not acknowledged, in the order of their bytes. */
export class AcceptedAnswers {
  #answers: AcceptedAnswer[] = []

  get isEmpty(): boolean {
    return this.#answers.length === 0
  }

  /** Whether an answer has waited since this time. */
  hasSince(time: number): boolean {
    const [oldest] = this.#answers
    return oldest !== undefined && oldest.acceptedAt <= time
  }

  add(answer: AcceptedAnswer): void {
    this.#answers.push(answer)
  }

  /** The client has acknowledged the bytes up to this position. */
  acknowledge(position: number): void {
    this.#end(({ end }) => end <= position)
  }

  /** The client has sent another request after its last answer. Returns whether an answer waited for that. */
  presumeRead(): boolean {
    for (const answer of this.#answers) answer.isPresumedRead = true
    return this.#end(({ waitsFor }) => waitsFor === 'next request')
  }

  /** The operating system keeps little for all connections. Returns whether an answer waited for that. */
  free(): boolean {
    return this.#end(({ waitsFor, isPresumedRead }) => waitsFor === 'memory' && isPresumedRead)
  }

  /** The connection has closed. */
  endAll(): void {
    this.#end(() => true)
  }

  #end(isOver: (answer: AcceptedAnswer) => boolean): boolean {
    const over = this.#answers.filter(isOver)
    if (over.length === 0) return false
    this.#answers = this.#answers.filter((answer) => !isOver(answer))
    for (const { done } of over) done()
    return true
  }
}
