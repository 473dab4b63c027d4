/** How many calls one account may still have in flight. */
export class Semaphore {
  free: number

  constructor(concurrency: number) {
    this.free = concurrency
  }
}
