import { beforeEach, describe, expect, it } from '@jest/globals'
import type { TextKind } from '../../src/state/kept-kinds.ts'
import { MemoryStateStore } from '../../src/state/memory-state-store.ts'
import { maxKeptText } from '../../src/upstream/kept-texts.ts'
import { createStateTexts } from '../../src/upstream/state-texts.ts'
import { createManualClock, type ManualClock } from '../support/manual-clock.ts'

let clock: ManualClock
let state: MemoryStateStore
beforeEach(() => {
  clock = createManualClock()
  state = new MemoryStateStore()
})

const textsOf = (kind: TextKind, maxCount = 3) => createStateTexts(state, clock, kind, { maxCount })

describe('the texts in the state', () => {
  it('are kept by kind and key, also for another process', async () => {
    await textsOf('x509').set('a b', 'Zürich {"of": 1}')
    expect(textsOf('x509').get('a b')).toBe('Zürich {"of": 1}')
    expect(textsOf('x509').get('a')).toBeNull()
    expect(textsOf('notify').get('a b')).toBeNull()
  })

  it('are replaced and removed', async () => {
    const texts = textsOf('x509')
    await texts.set('a', '1')
    await texts.set('a', '2')
    expect(texts.get('a')).toBe('2')
    await texts.remove('a')
    await texts.remove('a')
    expect(texts.get('a')).toBeNull()
  })

  it('make room for new ones: those that were set first are dropped', async () => {
    const texts = textsOf('x509')
    for (const key of ['a', 'b', 'c', 'a', 'd']) {
      await texts.set(key, key)
      clock.advance(1)
    }
    expect(['a', 'b', 'c', 'd'].map((key) => texts.get(key))).toEqual(['a', null, 'c', 'd'])
    await texts.remove('a')
    await texts.set('e', 'e')
    expect(['c', 'd', 'e'].map((key) => texts.get(key))).toEqual(['c', 'd', 'e'])
  })

  it('leave nothing behind when they are dropped', async () => {
    const texts = textsOf('x509', 1)
    await texts.set('a', 'a')
    clock.advance(1)
    await texts.set('b', 'b')
    await texts.remove('b')
    expect([...state.range([])]).toEqual([[['x509 count'], '0']])
  })

  it('are not kept when they are too long', async () => {
    const texts = textsOf('x509')
    await texts.set('a', 'short')
    await texts.set('a', 'x'.repeat(maxKeptText + 1))
    expect(texts.get('a')).toBeNull()
  })
})
