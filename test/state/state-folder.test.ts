import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { prepareFolder, refuseFileSystem } from '../../src/state/state-folder.ts'
import { createFolder } from '../support/folder.ts'
import { stateFolder } from '../support/open-stores.ts'

const expected = 'which does not keep memory maps and locks; expected a local disk'

describe('the folder of the state', () => {
  // The numbers of statfs(2), as Linux has them in linux/magic.h.
  it.each([
    ['NFS', 0x6969],
    ['SMB', 0x517b],
    ['SMB (CIFS)', 0xff534d42],
    ['SMB', 0xfe534d42],
    // As a signed number.
    ['SMB', 0xfe534d42 | 0],
    ['FUSE', 0x65735546],
    ['9P', 0x01021997],
    ['Ceph', 0x00c36400],
  ])('is refused on %s', async (name, type) => {
    const path = stateFolder()
    await expect(prepareFolder(path, async () => type)).rejects.toThrow(`it is on ${name}, ${expected}`)
    expect(readdirSync(path)).toEqual([])
  })

  it.each([
    ['ext4', 0xef53],
    ['XFS', 0x58465342],
    ['Btrfs', 0x9123683e],
    ['tmpfs', 0x01021994],
    ['overlay', 0x794c7630],
    ['ZFS', 0x2fc12fc1],
  ])('is accepted on %s', (_, type) => {
    expect(refuseFileSystem(type)).toBeNull()
  })

  it('is accepted on the file system of this test', async () => {
    const path = stateFolder()
    await prepareFolder(path)
    expect(refuseFileSystem((await statfs(path)).type)).toBeNull()
    expect(readdirSync(path)).toEqual(['state.mdb-lock'])
  })

  it('is closed to others when it is empty, and left as it is when it has other files', async () => {
    const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8)
    const [empty, mixed] = [createFolder(), createFolder({ 'notes.txt': 'mine' })]
    for (const path of [empty, mixed]) {
      chmodSync(path, 0o755)
      writeFileSync(join(path, 'state.mdb'), '', { mode: 0o644 })
      await prepareFolder(path)
    }
    expect([modeOf(empty), modeOf(mixed)]).toEqual(['700', '755'])
  })
})
