import { endianness } from 'node:os'
import { describe, expect, it } from '@jest/globals'
import { findUnacknowledgedBytes } from '../../src/server/unacknowledged-bytes.ts'

const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0FA0 0100007F:D431 01 0027AC00:00000000 01:00000014 00000000  1000        0 1 1 0 20 4 30 10 -1
   1: 0100007F:0FA0 0200007F:D431 01 00000001:00000000 01:00000014 00000000  1000        0 2 1 0 20 4 30 10 -1
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000001000000:0FA0 00000000000000000000000001000000:D431 01 00000002:00000000 00:00000000 00000000     0        0 3 1 0
   1: 0000000000000000FFFF00000100007F:0FA0 0000000000000000FFFF00000200007F:D431 01 00000003:00000000 00:00000000 00000000     0        0 4 1 0
   2: 000080FE00000000FF005450B6AD1DFE:0FA0 000080FE000000000000000002000000:D431 01 00000004:00000000 00:00000000 00000000     0        0 5 1 0`

const endpoints = (localAddress: string, remoteAddress: string) => ({
  localAddress,
  localPort: 4000,
  remoteAddress,
  remotePort: 0xd431,
})

const onLittleEndian = endianness() === 'LE' ? it : it.skip

describe('the unacknowledged bytes of a connection', () => {
  onLittleEndian.each([
    ['127.0.0.1', '127.0.0.1', 0x27ac00],
    ['127.0.0.1', '127.0.0.2', 1],
    ['::1', '::1', 2],
    ['::ffff:127.0.0.1', '::ffff:127.0.0.2', 3],
    ['fe80::5054:ff:fe1d:adb6%eth0', 'fe80::2%eth0', 4],
    ['127.0.0.1', '127.0.0.3', undefined],
  ])('are found by the addresses of both ends: %s and %s', (local, remote, bytes) => {
    const connection = endpoints(local, remote)
    expect(findUnacknowledgedBytes(table, [connection]).get(connection)).toBe(bytes)
  })
})
