import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { afterEach, describe, expect, it } from '@jest/globals'
import { open } from 'lmdb'
import { filesIn } from '../../src/state/state-folder.ts'
import { openStore, stateFolder } from '../support/open-stores.ts'
import { useStateProcesses } from '../support/state-processes.ts'

const start = useStateProcesses()
const pageSize = 4096
const setAsideLine = 'the state cannot be read: it is set aside, and a new one begins'

/** The files that were set aside. */
const asideIn = (path: string) => readdirSync(path).filter((name) => name.includes('unreadable'))

/** Creates a store of some pages, with long texts and removed entries. */
async function createFilled(): Promise<string> {
  const { store, path } = await openStore()
  for (let round = 0; round < 4; round += 1)
    await store.transaction((writer) => {
      for (let index = 0; index < 40; index += 1) writer.put(['short', round, index], `text ${index}`.repeat(20))
      writer.put(['long', round], 'x'.repeat(10_000))
      if (round > 0) writer.remove(['long', round - 1])
    })
  await store.close()
  return path
}

async function contentOf(path: string) {
  const { store, lines } = await openStore(path)
  const content = [...store.range([])]
  // A damaged list of free pages shows when pages are used again.
  await store.transaction((writer) => writer.put(['new'], 'x'.repeat(50_000)))
  expect(store.get(['new'])).toHaveLength(50_000)
  expect(store.problem).toBeNull()
  await store.close()
  return { content, lines }
}

/** Changes the root database as another version would. */
async function changeRoot(path: string, key: string, text: string) {
  const buffers = { encoding: 'binary', keyEncoding: 'binary' } as const
  const root = open<Buffer, Buffer>({ ...buffers, path: filesIn(path).data, overlappingSync: false, maxDbs: 1 })
  await root.put(Buffer.from(key), Buffer.from(text))
  await root.close()
}

const damages: readonly (readonly [string, (path: string) => unknown])[] = [
  ['is empty', (path) => truncateSync(filesIn(path).data, 0)],
  ['is cut off in the middle', (path) => truncateSync(filesIn(path).data, statSync(filesIn(path).data).size / 2)],
  ['is shorter than a page', (path) => truncateSync(filesIn(path).data, 100)],
  ['has other content', (path) => writeFileSync(filesIn(path).data, 'no state'.repeat(10_000))],
  ['has zeros alone', (path) => writeFileSync(filesIn(path).data, Buffer.alloc(100_000))],
  [
    'is a folder',
    (path) => {
      rmSync(filesIn(path).data)
      mkdirSync(filesIn(path).data)
    },
  ],
  ['has a newer format', (path) => changeRoot(path, 'format', '2')],
  [
    'was written by another version of LMDB',
    (path) => {
      const bytes = readFileSync(filesIn(path).data)
      // After the header of the page and the magic number, on both meta pages.
      for (const page of [0, 1]) {
        const magic = bytes.indexOf(Buffer.from([0xde, 0xc0, 0xef, 0xbe]), page * pageSize)
        bytes.writeUInt32LE(99, magic + 4)
      }
      writeFileSync(filesIn(path).data, bytes)
    },
  ],
]

describe('a state whose file', () => {
  it.each(damages)('%s is set aside, and an empty one begins', async (_, damage) => {
    const path = await createFilled()
    await damage(path)
    const { content, lines } = await contentOf(path)
    expect(content).toEqual([])
    expect(lines).toMatchObject([{ level: 40, msg: setAsideLine, path: expect.stringContaining('unreadable') }])
    expect(asideIn(path)).toHaveLength(1)
    expect(existsSync(String(lines[0]?.['path']))).toBe(true)
    expect((await contentOf(path)).lines).toEqual([])
  })

  it('is a text has this as its reason in the log', async () => {
    const path = await createFilled()
    writeFileSync(filesIn(path).data, 'a text\n'.repeat(10_000))
    const { lines } = await contentOf(path)
    expect(lines).toMatchObject([
      { reason: expect.stringMatching(/^it (is damaged, or is|has) no state of certgraph/) },
    ])
  })

  it('has a page of noise is set aside, or has lost nothing, whichever page it is', async () => {
    const original = await createFilled()
    const bytes = readFileSync(filesIn(original).data)
    const { content: expected } = await contentOf(original)
    const outcomes = new Set<string>()
    for (let page = 0; page < bytes.length / pageSize; page += 1) {
      const path = stateFolder()
      mkdirSync(path)
      const damaged = Buffer.from(bytes)
      for (let at = page * pageSize; at < (page + 1) * pageSize; at += 1) damaged[at] = (at * 167 + page * 31) % 256
      writeFileSync(filesIn(path).data, damaged)
      const { content, lines } = await contentOf(path)
      const isAside = lines.some(({ msg }) => msg === setAsideLine)
      expect(isAside ? content : withoutNew(content)).toEqual(isAside ? [] : withoutNew(expected))
      outcomes.add(isAside ? 'set aside' : 'complete')
    }
    expect([...outcomes].sort()).toEqual(['complete', 'set aside'])
  })

  it('has one changed byte in a text is set aside', async () => {
    const path = await createFilled()
    const bytes = readFileSync(filesIn(path).data)
    bytes[bytes.lastIndexOf('xxxxx')] = 'y'.charCodeAt(0)
    writeFileSync(filesIn(path).data, bytes)
    expect((await contentOf(path)).lines).toMatchObject([{ msg: setAsideLine, reason: 'a wrong checksum' }])
  })

  it('is unreadable again and again leaves every file, for this user only', async () => {
    const path = await createFilled()
    for (let round = 0; round < 5; round += 1) {
      truncateSync(filesIn(path).data, 5_000)
      chmodSync(filesIn(path).data, 0o644)
      expect((await contentOf(path)).lines).toHaveLength(1)
    }
    expect(asideIn(path)).toHaveLength(5)
    expect(asideIn(path).map((name) => (statSync(join(path, name)).mode & 0o777).toString(8))).toEqual(
      Array.from({ length: 5 }, () => '600'),
    )
  })

  it('has a lock file of noise is opened', async () => {
    const path = await createFilled()
    writeFileSync(filesIn(path).lock, Buffer.alloc(20_000, 77))
    const { content, lines } = await contentOf(path)
    expect(lines).toEqual([])
    expect(content.length).toBeGreaterThan(100)
  })

  it('is open in another process is never set aside', async () => {
    const path = stateFolder()
    const other = start(path)
    await other.line('isKept')
    await other.run('put', ['a'], 'text')
    const byProcess = await other.run('put', ['b'], 'text')
    expect(byProcess).toMatchObject({ isKept: true })
    await changeRoot(path, 'format', '2')
    const { store, lines } = await openStore(path)
    expect(store.problem?.reason).toMatch(
      /^its file cannot be read: another version of certgraph wrote it \(format 2; expected 1\); a restart is needed/,
    )
    expect(lines).toHaveLength(1)
    expect(asideIn(path)).toEqual([])
    expect(await other.run('get', ['a'])).toMatchObject({ result: 'text', isKept: true })
  })
})

const withoutNew = (content: readonly (readonly [readonly unknown[], string])[]) =>
  content.filter(([[kind]]) => kind !== 'new')

describe('a folder that cannot be used', () => {
  const restored: string[] = []
  afterEach(() => {
    for (const path of restored.splice(0)) chmodSync(path, 0o755)
  })

  async function expectInMemory(path: string, reason: string, uid?: number) {
    const child = start(path, uid === undefined ? {} : { uid })
    const problem = { reason: `${reason}; a restart is needed when this is corrected` }
    expect(await child.line('log')).toMatchObject({ ...problem, path })
    expect(await child.line('isKept')).toMatchObject({ isKept: false, problem })
    await child.run('put', ['a'], 'text')
    expect(await child.run('get', ['a'])).toMatchObject({ result: 'text', problem })
    expect(child.log).toEqual([expect.stringMatching(/^the state is kept in memory/)])
    await child.close()
  }

  it('because it is a file leaves the state in memory', async () => {
    const path = stateFolder()
    writeFileSync(path, 'mine')
    await expectInMemory(path, 'there is a file in place of the folder (EEXIST)')
    await expectInMemory(join(path, 'below'), 'there is a file in place of a folder (ENOTDIR)')
    expect(readFileSync(path, 'utf8')).toBe('mine')
  })

  // The recursive creation of folders by Node.js never ends there.
  it.each(['/proc/certgraph', '/proc/certgraph/state'])(
    'because it is below /proc leaves the state in memory: %s',
    async (path) => {
      await expectInMemory(
        path,
        'the folder was removed, leads to one that does not exist, or cannot be created (ENOENT)',
      )
    },
  )

  it('because of its permissions leaves the state in memory', async () => {
    const path = stateFolder()
    const parent = dirname(path)
    chmodSync(parent, 0o555)
    restored.push(parent)
    // root may write everywhere.
    const uid = process.getuid?.() === 0 ? 65_534 : undefined
    await expectInMemory(path, 'this user may not read and write the folder (EACCES)', uid)
  })

  it.each([0o000, 0o444])('because its file has the mode %o leaves the state in memory, and the file', async (mode) => {
    const path = await createFilled()
    const { data, lock } = filesIn(path)
    const uid = process.getuid?.() === 0 ? 65_534 : undefined
    chmodSync(dirname(path), 0o755)
    if (uid !== undefined) for (const each of [path, lock, data]) chownSync(each, uid, uid)
    chmodSync(data, mode)
    for (let round = 0; round < 4; round += 1) await expectInMemory(path, unwritable, uid)
    expect(asideIn(path)).toEqual([])
    chmodSync(data, 0o600)
    expect((await contentOf(path)).content.length).toBeGreaterThan(100)
  })

  it('because its file belongs to another user leaves the state in memory, and the file', async () => {
    // Only root can give files away.
    if (process.getuid?.() !== 0) return
    const path = await createFilled()
    const { data, lock } = filesIn(path)
    chmodSync(dirname(path), 0o755)
    for (const each of [path, lock]) chownSync(each, 65_534, 65_534)
    await expectInMemory(path, unwritable, 65_534)
    expect(asideIn(path)).toEqual([])
    expect(statSync(data).uid).toBe(0)
  })
})

const unwritable =
  'its file cannot be read: this user may not read and write it; expected the owner that certgraph runs as, and the mode 0600 (EACCES)'
