import { getEventListeners } from 'node:events'
import { expect, it } from '@jest/globals'
import { onAbort } from '../../src/upstream/on-abort.ts'

it('calls each function once when the signal aborts, in their order', () => {
  const controller = new AbortController()
  const called: string[] = []
  for (const name of ['first', 'second']) onAbort(controller.signal, () => called.push(name))
  controller.abort()
  controller.abort()
  expect(called).toEqual(['first', 'second'])
})

it('does not call a function that was removed, also by another one', () => {
  const controller = new AbortController()
  const called: string[] = []
  const removeFirst = onAbort(controller.signal, () => called.push('first'))
  onAbort(controller.signal, () => {
    called.push('second')
    removeThird()
  })
  const removeThird = onAbort(controller.signal, () => called.push('third'))
  removeFirst()
  controller.abort()
  expect(called).toEqual(['second'])
})

it('has one listener at each signal, however many functions wait', () => {
  const signals = [new AbortController().signal, new AbortController().signal]
  for (const signal of signals) for (let count = 0; count < 1_000; count += 1) onAbort(signal, () => {})
  expect(signals.map((signal) => getEventListeners(signal, 'abort').length)).toEqual([1, 1])
})
