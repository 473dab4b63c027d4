import { mkdirSync, statSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { openStore, stateFolder } from '../support/open-stores.ts'
import { useStateProcesses } from '../support/state-processes.ts'

const start = useStateProcesses()

/** Runs a command with a small disk in place of a folder, which only this command and its children have. */
const onSmallDisk = (folder: string, commands: string) => [
  'unshare',
  '--user',
  '--map-root-user',
  '--mount',
  'sh',
  '-c',
  `mount -t tmpfs -o size=3m none ${folder} && ${commands} exec "$@"`,
  'sh',
]
const full = { reason: 'the disk is full' }

describe('a full disk', () => {
  it('leaves what is on it readable, and keeps changes in memory', async () => {
    const folder = stateFolder()
    mkdirSync(folder)
    const child = start(`${folder}/state`, { wrapper: onSmallDisk(folder, '') })
    expect(await child.line('isKept')).toMatchObject({ isKept: true, problem: null })
    await child.run('put', ['kept'], 'before')
    let filled = 0
    while ((await child.run('fill', ['log', filled], 100_000))['isKept'] && filled < 100) filled += 1
    expect(filled).toBeGreaterThan(5)
    expect(filled).toBeLessThan(30)
    expect(await child.run('put', ['new'], 'in memory')).toMatchObject({ isKept: false, problem: full })
    expect(await child.run('get', ['new'])).toMatchObject({ result: 'in memory' })
    expect(await child.run('get', ['kept'])).toMatchObject({ result: 'before' })
    await child.run('put', ['kept'], 'after')
    expect(await child.run('get', ['kept'])).toMatchObject({ result: 'after' })
    expect(await child.run('list', ['log'])).toMatchObject({ result: filled + 1 })
    await child.run('remove', ['log', 0])
    expect(await child.run('list', ['log'])).toMatchObject({ result: filled })
    expect(child.log).toEqual([expect.stringMatching(/^the state is kept in memory .*: the disk is full$/)])
    expect(child.errors).toBe('')
    expect(await child.close()).toEqual({ code: 0, signal: null })
  })

  it('at the start leaves the state in memory', async () => {
    const folder = stateFolder()
    mkdirSync(folder)
    const wrapper = onSmallDisk(folder, `dd if=/dev/zero of=${folder}/other bs=1024 count=2500 status=none &&`)
    const child = start(`${folder}/state`, { wrapper })
    expect(await child.line('isKept')).toMatchObject({
      isKept: false,
      problem: { reason: 'the disk is full; a restart is needed when this is corrected' },
    })
    await child.run('put', ['a'], 'text')
    expect(await child.run('get', ['a'])).toMatchObject({ result: 'text' })
  })
})

describe('a file that must not grow', () => {
  it('leaves changes in memory, and the log has one line', async () => {
    const path = stateFolder()
    const child = start(path, { wrapper: ['sh', '-c', 'ulimit -f 600 && exec "$@"', 'sh'] })
    await child.line('isKept')
    let filled = 0
    while ((await child.run('fill', ['log', filled], 50_000))['isKept'] && filled < 100) filled += 1
    expect(statSync(`${path}/state.mdb`).size).toBeLessThanOrEqual(600 * 1024)
    expect(await child.run('put', ['new'], 'text')).toMatchObject({ isKept: false })
    expect(await child.run('list', ['log'])).toMatchObject({ result: filled + 1 })
    expect(child.log).toHaveLength(1)
    child.kill()
    await child.ended
    const { store, lines } = await openStore(path)
    expect([...store.range(['log'])]).toHaveLength(filled)
    expect(lines).toEqual([])
  })
})

describe('the limit of the size', () => {
  it('leaves changes in memory when nothing can be removed', async () => {
    const { store, path, lines } = await openStore(undefined, 1024 ** 2)
    for (let index = 0; index < 20; index += 1)
      await store.transaction((writer) => writer.put(['log', index], 'x'.repeat(100_000)))
    expect(store.problem).toEqual({ reason: 'state.maxSize is used up' })
    expect([...store.range(['log'])]).toHaveLength(20)
    expect(lines).toHaveLength(1)
    expect(statSync(`${path}/state.mdb`).size).toBeLessThanOrEqual(1.2 * 1024 ** 2)
  })
})
