import { describe, expect, it } from '@jest/globals'
import { type KeptByVendor, KeptObjects } from '../../src/upstream/kept-objects.ts'
import { defaultSettings } from '../../src/upstream/settings.ts'

const noSettings = () => undefined

describe('objects of a configuration', () => {
  it('are those of the one before, by vendor and key', () => {
    const objects = new KeptObjects()
    const build = () => {
      const generation = objects.begin()
      const [a, b] = [generation.of('a'), generation.of('b')]
      const built = [a.get(['x', 1], () => ({})), a.get(['x', 2], () => ({})), b.get(['x', 1], () => ({}))]
      generation.commit(noSettings)
      return built
    }
    const first = build()
    expect(new Set(first).size).toBe(3)
    const second = build()
    expect(second.every((each, index) => each === first[index])).toBe(true)
  })

  it('are kept with the object that they were created for', () => {
    const objects = new KeptObjects()
    const limiterIn = (kept: KeptByVendor) => kept.get(['limiter'], () => ({ name: 'limiter' }))
    const build = (name: string) => {
      const generation = objects.begin()
      const kept = generation.of('a')
      const account = kept.get(['account', name], () => ({
        client: kept.get(['client'], () => ({ limiter: limiterIn(kept) })),
      }))
      generation.commit(noSettings)
      return account
    }
    const first = build('old')
    expect(build('old')).toBe(first)
    expect(build('new').client).toBe(first.client)
  })

  it('that are not used any more end when the operations of the configuration before have ended', () => {
    const objects = new KeptObjects()
    const ended: string[] = []
    const build = (...names: string[]) => {
      const generation = objects.begin()
      for (const name of names)
        generation.of('a').get(
          [name],
          () => ({ name }),
          (value) => ended.push(value.name),
        )
      return generation
    }
    build('x', 'y').commit(noSettings)
    build('y', 'z')
    objects.endRemoved()
    expect(ended).toEqual([])
    build('y', 'z').commit(noSettings)
    expect(ended).toEqual([])
    objects.endRemoved()
    objects.endRemoved()
    expect(ended).toEqual(['x'])
  })

  it('get the settings of their vendor', () => {
    const objects = new KeptObjects()
    const generation = objects.begin()
    const applied: number[] = []
    generation.of('a').get(['x'], () => ({ applySettings: ({ ttl }: { ttl: number }) => applied.push(ttl) }))
    generation.commit((vendor) => ({ ...defaultSettings, ttl: vendor === 'a' ? 7 : 8 }))
    expect(applied).toEqual([7])
  })
})
