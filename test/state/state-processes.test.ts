import { statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { filesIn } from '../../src/state/state-folder.ts'
import { stateFolder } from '../support/open-stores.ts'
import { useStateProcesses } from '../support/state-processes.ts'

const start = useStateProcesses()

const kills = 200
/** Stores that are killed at the same time. */
const stores = 4

describe('a process that is killed', () => {
  it(`has lost nothing that it had committed, ${kills} times`, async () => {
    const outcomes = await Promise.all(Array.from({ length: stores }, (_, store) => killOften(store)))
    const found = outcomes.flat()
    expect(found).toHaveLength(kills)
    // Kills that hit a process that had not opened the store yet show less.
    expect(found.filter(({ writes }) => writes > 0).length).toBeGreaterThan(kills / 3)
  }, 180_000)

  async function killOften(store: number) {
    const path = stateFolder()
    const outcomes: { writes: number }[] = []
    let committed = 0
    for (let round = 0; round < kills / stores; round += 1) {
      const child = start(path, { mode: 'write' })
      // Half of the kills come while it starts or reads the store, and half while it writes.
      const random = Math.random()
      if ((round + store) % 2 === 0) await child.line('committed')
      await sleep(random * ((round + store) % 2 === 0 ? 30 : 200))
      child.kill()
      const { signal } = await child.ended
      // It ends by itself when it finds a write that is there in part.
      expect({ signal, errors: child.errors, log: child.log }).toEqual({ signal: 'SIGKILL', errors: '', log: [] })
      const reported = child.lines.map((line) => Number(line['found'] ?? line['committed'] ?? 0))
      for (const { found, problem } of child.lines as readonly { found?: number; problem?: unknown }[])
        if (found !== undefined) {
          // The last commit may have been made and not reported.
          expect(found === committed || found === committed + 1).toBe(true)
          expect(problem).toBeNull()
          committed = found
        }
      committed = Math.max(committed, ...reported)
      outcomes.push({ writes: reported.length - 1 })
    }
    const child = start(path, { mode: 'write' })
    const { found } = await child.line('found')
    expect(Number(found) - committed === 0 || Number(found) - committed === 1).toBe(true)
    return outcomes
  }
})

describe('a process that has the state open', () => {
  it('finds whether another one has it open too, and runs', async () => {
    const path = stateFolder()
    const first = start(path)
    await first.line('isKept')
    expect(await first.run('hasOthers')).toMatchObject({ result: false })
    const second = start(path)
    await second.line('isKept')
    expect(await first.run('hasOthers')).toMatchObject({ result: true })
    expect(await second.run('hasOthers')).toMatchObject({ result: true })
    second.kill()
    await second.ended
    expect(await first.run('hasOthers')).toMatchObject({ result: false })
  })
})

describe('two processes with one state', () => {
  it('write one after another, and read what the other one has committed', async () => {
    const path = stateFolder()
    const [one, other] = [start(path), start(path)]
    await Promise.all([one.line('isKept'), other.line('isKept')])
    await Promise.all([one.run('add', ['sum'], 200), other.run('add', ['sum'], 200)])
    expect(await one.run('get', ['sum'])).toMatchObject({ result: '400', isKept: true })
    expect(await other.run('get', ['sum'])).toMatchObject({ result: '400', isKept: true })
    for (let count = 0; count < 200; count += 1) {
      await one.run('put', ['from', 'one'], String(count))
      expect(await other.run('get', ['from', 'one'])).toMatchObject({ result: String(count) })
    }
    expect(await one.close()).toEqual({ code: 0, signal: null })
    expect(await other.close()).toEqual({ code: 0, signal: null })
  })

  it('go on when one of them is killed while it writes', async () => {
    const path = stateFolder()
    const other = start(path)
    await other.line('isKept')
    for (let round = 0; round < 10; round += 1) {
      const writing = start(path, { mode: 'write' })
      await writing.line('committed')
      await sleep(Math.random() * 20)
      writing.kill()
      expect(await other.run('add', ['sum'], 1)).toMatchObject({ isKept: true })
    }
    expect(await other.run('get', ['sum'])).toMatchObject({ result: '10' })
  })
})

describe('the files of the state', () => {
  it.each(['000', '022', '077', '277', '777'])('are for this user only with the umask %s', async (umask) => {
    const path = stateFolder()
    const child = start(path, { umask })
    expect(await child.line('isKept')).toMatchObject({ isKept: true })
    await child.run('put', ['a'], 'text')
    const { data, lock } = filesIn(path)
    expect([path, data, lock].map((each) => (statSync(each).mode & 0o777).toString(8))).toEqual(['700', '600', '600'])
  })
})
