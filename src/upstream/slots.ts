/** How many calls one account may still have in flight. */
export class Slots {
  free: number

  constructor(concurrency: number) {
    this.free = concurrency
  }
}
