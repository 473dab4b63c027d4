import { describe, expect, it } from '@jest/globals'
import { rejectPrivateKeys } from '../../../src/providers/mutation/input-texts.ts'
import { findExcess } from '../../support/cpu-time.ts'
import { createOperation } from '../../support/operation.ts'

/** Every letter may begin the DER of a private key. */
const text = 'M'.repeat(80_000)

describe('the texts of an input', () => {
  it('are searched once in an operation, however often it has them', () => {
    const once = () => rejectPrivateKeys({ ids: [text] }, createOperation())
    const often = () => {
      const operation = createOperation()
      for (let mutation = 0; mutation < 15; mutation += 1) {
        rejectPrivateKeys({ ids: Array(45).fill(text), name: text }, operation)
      }
    }
    expect(findExcess(once, often)).toBeNull()
  })

  it('are rejected with their path', () => {
    const key = '-----BEGIN PRIVATE KEY-----'
    const input = { name: 'a', certificateIds: ['a', key] }
    expect(() => rejectPrivateKeys(input, createOperation())).toThrow('input.certificateIds[1]')
  })
})
