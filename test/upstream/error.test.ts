import { describe, expect, it } from '@jest/globals'
import { operationEnded, UpstreamError } from '../../src/upstream/error.ts'

const [first, second] = ['a', 'b'].map((id) => ({ provider: 'AKAMAI', id })) as [
  { provider: string; id: string },
  { provider: string; id: string },
]

describe('the error of a reading', () => {
  it('is made once for each place, however many fields have it', () => {
    const error = new UpstreamError('UPSTREAM_TIMEOUT', 'no answer', { httpStatus: 504 })
    expect(error.at(first)).toMatchObject({ details: { httpStatus: 504, provider: 'AKAMAI', place: 'a' } })
    expect(error.at(second).details.place).toBe('b')
    expect(error.at({ ...first })).toBe(error.at(first))
    expect(error.at(first).at(first)).toBe(error.at(first))
    expect(error.at(first).at(second).details.place).toBe('b')
    expect(error.details.place).toBeUndefined()
  })

  it('is one error for all loads of an operation that has ended', () => {
    const reason = new DOMException('late', 'TimeoutError')
    expect(operationEnded(reason)).toBe(operationEnded(reason))
    expect(operationEnded(reason)).toMatchObject({ code: 'UPSTREAM_TIMEOUT', cause: reason })
    expect(operationEnded(new DOMException('late', 'TimeoutError'))).not.toBe(operationEnded(reason))
  })
})
