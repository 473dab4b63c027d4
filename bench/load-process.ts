import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { isObject } from '../src/is-object.ts'

/** Operations that are sent in parallel, again and again. */
export interface Load {
  readonly url: string
  readonly key: string
  readonly body: string
  readonly copies: number
}

// A process for the hostile caller: reading its large answers must not delay the measurements.
let load: Load | null = null
process.on('message', (message) => {
  load = isObject(message) ? (message as unknown as Load) : null
  if (load) for (let copy = 0; copy < load.copies; copy += 1) void repeat(load)
})

async function repeat(own: Load): Promise<void> {
  while (load === own) {
    try {
      const response = await fetch(`${own.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${own.key}` },
        body: own.body,
      })
      await response.arrayBuffer()
    } catch {
      // The operation was ended with its connection.
      await sleep(10)
    }
  }
}
