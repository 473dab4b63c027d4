import { writeSync } from 'node:fs'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { openState } from '../../src/state/open-state.ts'
import type { StateKey } from '../../src/state/state-store.ts'
import { systemClock } from '../../src/upstream/clock.ts'

/**
 * A small process with the store of the program. It opens the state in the folder of its argument and executes commands, one
 * per line: [name, ...parameters]. With the argument `write` it writes until it is killed.
 */
const [, , path = '', mode = '', maxBytes = String(64 * 1024 ** 2), umask] = process.argv

/** At once, so that the reader has it when the process is killed in the next moment. A pipe that is full is tried again. */
function print(value: unknown): void {
  for (let rest = Buffer.from(`${JSON.stringify(value)}\n`); rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(1, rest))
    } catch (error) {
      if (!(error instanceof Error && Reflect.get(error, 'code') === 'EAGAIN')) throw error
    }
  }
}

const logLine = (fields: object, message: string) => print({ log: message, ...fields })

if (umask !== undefined) process.umask(Number.parseInt(umask, 8))
// With a handler, a write beyond the limit of a file's size fails. Without one, it ends the process.
process.on('SIGXFSZ', () => {})
const store = await openState({
  path,
  maxBytes: Number(maxBytes),
  clock: systemClock,
  log: { warn: logLine, info: logLine },
})

/** The text of one write. Long ones have pages of their own. */
const textFor = (count: number) => `${count}:${'x'.repeat((count * 7919) % 30_000)}`

/** The number of writes that are in the store. @throws when one is there in part */
function readCount(): number {
  const count = Number(store.get(['count']) ?? 0)
  const log = [...store.range(['log'])]
  const expected = Math.min(count, 20)
  if (log.length !== expected) throw new Error(`${log.length} entries of ${expected}`)
  for (const [index, [key, text]] of log.entries()) {
    const number = count - expected + index + 1
    if (key[1] !== number || text !== textFor(number)) throw new Error(`a wrong entry at ${number}`)
  }
  return count
}

const commands: Readonly<Record<string, (...parameters: never[]) => unknown>> = {
  get: (key: StateKey) => store.get(key),
  list: (prefix: StateKey) => [...store.range(prefix)].length,
  put: (key: StateKey, text: string) => store.transaction((writer) => writer.put(key, text)),
  remove: (key: StateKey) => store.transaction((writer) => writer.remove(key)),
  fill: (key: StateKey, length: number) => store.transaction((writer) => writer.put(key, 'x'.repeat(length))),
  add: async (key: StateKey, times: number) => {
    for (let time = 0; time < times; time += 1)
      await store.transaction((writer) => writer.put(key, String(Number(writer.get(key) ?? 0) + 1)))
  },
  hasOthers: () => store.hasOtherProcesses(),
  close: () => store.close(),
}

if (mode === 'write') {
  let count = readCount()
  print({ found: count, problem: store.problem })
  for (;;) {
    count += 1
    await store.transaction((writer) => {
      writer.put(['count'], String(count))
      writer.put(['log', count], textFor(count))
      writer.remove(['log', count - 20])
    })
    print({ committed: count })
  }
} else {
  print({ isKept: store.isKept, problem: store.problem, usage: store.usage })
  for await (const line of createInterface(process.stdin)) {
    const [name, ...parameters] = JSON.parse(line) as [string, ...never[]]
    const result = (await commands[name]?.(...parameters)) ?? null
    print({ result, isKept: store.isKept, problem: store.problem })
  }
  await store.close()
}
