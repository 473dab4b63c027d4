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

it('has one listener at each signal, however many functions wait, and none when no function waits', () => {
  const signals = [new AbortController().signal, AbortSignal.any([new AbortController().signal])]
  const counts = () => signals.map((signal) => getEventListeners(signal, 'abort').length)
  for (let round = 0; round < 2; round += 1) {
    const removes = signals.flatMap((signal) => Array.from({ length: 1_000 }, () => onAbort(signal, () => {})))
    expect(counts()).toEqual([1, 1])
    for (const remove of removes) remove()
    expect(counts()).toEqual([0, 0])
    // A second call changes nothing.
    for (const remove of removes) remove()
  }
})

it('keeps the listener for a function that waits while another one is removed twice', () => {
  const controller = new AbortController()
  const called: string[] = []
  const remove = onAbort(controller.signal, () => called.push('first'))
  remove()
  onAbort(controller.signal, () => called.push('second'))
  remove()
  controller.abort()
  expect(called).toEqual(['second'])
})
