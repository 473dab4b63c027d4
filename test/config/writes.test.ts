import { describe, expect, it } from '@jest/globals'
import { mistakesOf, parse, parseForSandbox, smallest } from '../support/config-parts.ts'

describe('writes', () => {
  it('are off unless they are enabled', () => {
    expect(parse(smallest).writes).toBe(false)
    expect(parse({ ...smallest, writes: 'disabled' }).writes).toBe(false)
    expect(parse({ ...smallest, writes: 'enabled' }).writes).toBe(true)
  })

  it('are on in the sandbox', () => {
    expect(parseForSandbox(smallest).writes).toBe(true)
  })

  it.each([true, 'yes', null, ['enabled']])('are not to be had by %j', (writes) => {
    expect(mistakesOf(() => parse({ ...smallest, writes }))).toEqual([
      expect.stringMatching(/^writes: .*; expected enabled or disabled$/),
    ])
  })
})
