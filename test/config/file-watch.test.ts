import { mkdirSync, renameSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type FileVersions, watchFiles } from '../../src/config/file-watch.ts'
import { versionOf } from '../../src/config/read-files.ts'
import { createFolder } from '../support/folder.ts'
import { createManualClock, type ManualClock } from '../support/manual-clock.ts'

let clock: ManualClock
let folder: string
let read: FileVersions
let changes: number
let watch: { close(): void }

beforeEach(() => {
  clock = createManualClock()
  changes = 0
  folder = createFolder({ '..v1/a.yaml': 'a: 1', secret: 'x' })
  symlinkSync('..v1', join(folder, '..data'))
  symlinkSync('..data/a.yaml', join(folder, 'a.yaml'))
  const readAll = () => new Map([join(folder, 'a.yaml'), join(folder, 'secret')].map((path) => [path, versionOf(path)]))
  read = readAll()
  watch = watchFiles({
    clock,
    lastRead: () => read,
    onChange() {
      changes += 1
      read = readAll()
    },
  })
})
afterEach(() => watch.close())

const poll = async () => {
  clock.advance(5_000)
  await new Promise(setImmediate)
}

describe('files', () => {
  it('are looked at every five seconds', async () => {
    writeFileSync(join(folder, 'secret'), 'longer')
    clock.advance(4_999)
    await new Promise(setImmediate)
    expect(clock.pendingSleeps).toBe(1)
    expect(clock.nextWakeIn).toBe(1)
    clock.advance(1)
    await new Promise(setImmediate)
    expect(changes).toBe(0)
    await poll()
    expect(changes).toBe(1)
    await poll()
    await poll()
    expect(changes).toBe(1)
  })

  it('are read when a link on the way to them is replaced', async () => {
    mkdirSync(join(folder, '..v2'))
    writeFileSync(join(folder, '..v2/a.yaml'), 'a: 2')
    symlinkSync('..v2', join(folder, '..next'))
    renameSync(join(folder, '..next'), join(folder, '..data'))
    await poll()
    await poll()
    expect(changes).toBe(1)
  })

  it('are not read while they are being written', async () => {
    for (const text of ['a: 22', 'a: 222', 'a: 2222']) {
      writeFileSync(join(folder, 'a.yaml'), text)
      await poll()
      expect(changes).toBe(0)
    }
    await poll()
    expect(changes).toBe(1)
  })

  it('have changed with another time alone, and when they are gone', async () => {
    utimesSync(join(folder, 'secret'), 1_000, 1_000)
    await poll()
    await poll()
    expect(changes).toBe(1)
    unlinkSync(join(folder, 'secret'))
    await poll()
    await poll()
    expect(changes).toBe(2)
  })

  it('are not looked at after the end', async () => {
    watch.close()
    writeFileSync(join(folder, 'a.yaml'), 'a: 22')
    await poll()
    await poll()
    expect([changes, clock.pendingSleeps]).toEqual([0, 0])
  })
})
