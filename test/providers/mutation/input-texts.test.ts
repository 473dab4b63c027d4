import process from 'node:process'
import { describe, expect, it } from '@jest/globals'
import { rejectPrivateKeys } from '../../../src/providers/mutation/input-texts.ts'
import { createOperation } from '../../support/operation.ts'

/** Every letter may begin the DER of a private key. */
const text = 'M'.repeat(80_000)

function microsecondsFor(work: () => void): number {
  const start = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(start)
  return user + system
}

describe('the texts of an input', () => {
  it('are searched once in an operation, however often it has them', () => {
    rejectPrivateKeys({ ids: [text] }, createOperation())
    const once = microsecondsFor(() => rejectPrivateKeys({ ids: [text] }, createOperation()))
    const operation = createOperation()
    const often = microsecondsFor(() => {
      for (let mutation = 0; mutation < 15; mutation += 1) {
        rejectPrivateKeys({ ids: Array(45).fill(text), name: text }, operation)
      }
    })
    expect(often).toBeLessThan(20 * once)
  })

  it('are rejected with their path', () => {
    const key = '-----BEGIN PRIVATE KEY-----'
    const input = { name: 'a', certificateIds: ['a', key] }
    expect(() => rejectPrivateKeys(input, createOperation())).toThrow('input.certificateIds[1]')
  })
})
