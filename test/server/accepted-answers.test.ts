import { describe, expect, it } from '@jest/globals'
import { type AcceptedAnswer, AcceptedAnswers } from '../../src/server/accepted-answers.ts'

const ended: string[] = []

function createAnswers(
  ...list: readonly (Pick<AcceptedAnswer, 'waitsFor'> & { isPresumedRead?: boolean })[]
): AcceptedAnswers {
  ended.length = 0
  const answers = new AcceptedAnswers()
  for (const [index, { waitsFor, isPresumedRead = false }] of list.entries())
    answers.add({
      end: 100 * (index + 1),
      acceptedAt: 1_000 * (index + 1),
      waitsFor,
      isPresumedRead,
      done: () => ended.push(`${index} ${waitsFor}`),
    })
  return answers
}

describe('the answers that a client has not acknowledged', () => {
  const each = () =>
    createAnswers({ waitsFor: 'acknowledgement' }, { waitsFor: 'next request' }, { waitsFor: 'memory' })

  it('end up to the position that the client has acknowledged', () => {
    const answers = each()
    answers.acknowledge(99)
    expect(ended).toEqual([])
    answers.acknowledge(200)
    expect(ended).toEqual(['0 acknowledgement', '1 next request'])
    answers.acknowledge(300)
    expect([ended.length, answers.isEmpty]).toEqual([3, true])
  })

  it('end with the next request only if that is enough', () => {
    const answers = each()
    answers.presumeRead()
    expect(ended).toEqual(['1 next request'])
  })

  it('end with little memory only after the next request, and if that is enough', () => {
    const answers = each()
    expect(answers.free()).toBe(false)
    answers.presumeRead()
    expect(answers.free()).toBe(true)
    expect(ended).toEqual(['1 next request', '2 memory'])
    expect(answers.free()).toBe(false)
  })

  it('end with little memory at once when they are presumed to be read from the start', () => {
    const answers = createAnswers({ waitsFor: 'memory', isPresumedRead: true }, { waitsFor: 'acknowledgement' })
    expect(answers.free()).toBe(true)
    expect(ended).toEqual(['0 memory'])
  })

  it('have waited since the oldest one was accepted', () => {
    const answers = each()
    expect([answers.hasSince(999), answers.hasSince(1_000)]).toEqual([false, true])
    answers.acknowledge(100)
    expect([answers.hasSince(1_999), answers.hasSince(2_000)]).toEqual([false, true])
    answers.endAll()
    expect(answers.hasSince(5_000)).toBe(false)
  })

  it('all end with the connection, once', () => {
    const answers = each()
    answers.endAll()
    answers.endAll()
    answers.acknowledge(1_000)
    expect(ended).toHaveLength(3)
  })
})
