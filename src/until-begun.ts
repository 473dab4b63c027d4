import process from 'node:process'

/** An operation waits a few ticks for its loaders. */
const ticksPerStart = 4

/** Resolves when work that was begun has to wait for something else than a tick: the time that it has taken counts then. */
export async function untilBegun(): Promise<void> {
  for (let tick = 0; tick < ticksPerStart; tick += 1) await nextTick()
}

/** Resolves when what is ready to run has run. */
function nextTick(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve)
  })
}
