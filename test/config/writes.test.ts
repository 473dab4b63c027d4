import { describe, expect, it } from '@jest/globals'
import { minimalFile, mistakesOf, parse, parseForSandbox } from '../support/config-parts.ts'

describe('writes', () => {
  it('are off by default', () => {
    expect(parse(minimalFile).writes).toBe(false)
    expect(parse({ ...minimalFile, writes: 'disabled' }).writes).toBe(false)
    expect(parse({ ...minimalFile, writes: 'enabled' }).writes).toBe(true)
  })

  it('are on in the sandbox', () => {
    expect(parseForSandbox(minimalFile).writes).toBe(true)
  })

  it.each([true, 'yes', null, ['enabled']])('cannot be %j', (writes) => {
    expect(mistakesOf(() => parse({ ...minimalFile, writes }))).toEqual([
      expect.stringMatching(/^writes: .*; expected enabled or disabled$/),
    ])
  })
})
