import { beforeEach, describe, expect, it } from '@jest/globals'
import { AccountHealth } from '../../../src/upstream/call/account-health.ts'
import { UpstreamError, type UpstreamErrorCode } from '../../../src/upstream/error.ts'

let health: AccountHealth<'lists' | 'details'>

beforeEach(() => {
  health = new AccountHealth('Example')
})

const failing = (code: UpstreamErrorCode, httpStatus?: number) =>
  new UpstreamError(code, 'of place 7', httpStatus === undefined ? {} : { httpStatus, upstreamRequestId: 'r' })

describe('the health of an account', () => {
  it('is failing from a failed call for a resource until one succeeds', () => {
    health.recordFailure('lists', failing('UPSTREAM_UNAVAILABLE', 503))
    expect([health.isFailing('lists'), health.isFailing('details')]).toEqual([true, false])
    expect(health.recordSuccess('lists')).toBe(true)
    expect(health.recordSuccess('lists')).toBe(false)
    expect(health.isFailing('lists')).toBe(false)
  })

  it.each<[UpstreamErrorCode, number | undefined, string]>([
    ['UPSTREAM_UNAVAILABLE', 503, 'Example answered 503 to the last call for lists'],
    ['UPSTREAM_UNAVAILABLE', undefined, 'Example could not be reached for the last call for lists'],
    ['UPSTREAM_TIMEOUT', undefined, 'Example did not answer the last call for lists in time'],
    ['UPSTREAM_MALFORMED_RESPONSE', 200, 'Example returned a malformed response to the last call for lists'],
    ['UPSTREAM_UNAUTHENTICATED', 401, 'Example answered 401 to the last call for lists'],
  ])('explains why another call waits, without the place of the failed one: %s %s', (code, httpStatus, message) => {
    health.recordFailure('lists', failing(code, httpStatus))
    const error = health.toWaitingError('lists', { provider: 'EXAMPLE', retryAfterSeconds: 9 })
    expect(error).toMatchObject({ code, message: `${message}; the next attempt has to wait` })
    expect(error?.details).toEqual({
      provider: 'EXAMPLE',
      retryAfterSeconds: 9,
      ...(httpStatus !== undefined && { httpStatus }),
    })
  })

  it.each<[UpstreamErrorCode, number]>([
    ['UPSTREAM_FORBIDDEN', 403],
    ['UPSTREAM_NOT_FOUND', 404],
    ['UPSTREAM_CONFLICT', 409],
    ['UPSTREAM_INVALID_REQUEST', 400],
  ])('gives no reason to other calls when one or two were rejected with %s', (code, httpStatus) => {
    health.recordFailure('lists', failing(code, httpStatus))
    expect(health.isFailing('lists')).toBe(true)
    expect(health.toWaitingError('lists', {})).toBeUndefined()
    for (const _ of [2, 3]) health.recordFailure('lists', failing(code, httpStatus))
    // When no call succeeds, it is not about one of the objects.
    expect(health.toWaitingError('lists', {})).toMatchObject({ code })
  })
})
