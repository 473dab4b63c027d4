import { describe, expect, it } from '@jest/globals'
import { Glob } from '../../src/owners/glob.ts'
import { PatternIndex } from '../../src/owners/pattern-index.ts'

/** The definition: each * is any text. */
const matchesByDefinition = (pattern: string, text: string): boolean => {
  const [first, ...rest] = pattern
  if (first === undefined) return text === ''
  if (first !== '*') return text[0] === first && matchesByDefinition(rest.join(''), text.slice(1))
  return Array.from({ length: text.length + 1 }, (_, index) => text.slice(index)).some((end) =>
    matchesByDefinition(rest.join(''), end),
  )
}

/** All texts of up to this many of the characters. */
const textsOf = (characters: string, length: number): string[] =>
  length === 0
    ? ['']
    : ['', ...[...characters].flatMap((first) => textsOf(characters, length - 1).map((rest) => first + rest))]

describe('a glob', () => {
  it('matches as defined, for every short pattern and text', () => {
    const texts = [...new Set(textsOf('a.', 5))]
    const wrong = [...new Set(textsOf('a.*', 4))]
      .filter((pattern) => pattern.includes('*'))
      .flatMap((pattern) => {
        const glob = new Glob(pattern)
        return texts
          .filter((text) => glob.matches(text) !== matchesByDefinition(pattern, text))
          .map((text) => [pattern, text])
      })
    expect(wrong).toEqual([])
  })

  it('has no other special characters', () => {
    expect(new Glob('[a-z]?.*').matches('[a-z]?.example')).toBe(true)
    expect(new Glob('[a-z]?.*').matches('ab.example')).toBe(false)
    expect(new Glob('a\\*').matches('a*')).toBe(false)
  })
})

describe('an index of patterns', () => {
  const patterns = ['a.a', '*.a', '*.a.a', '*', 'a*', '*a', '*.*', '*..a', '.a', '*.']

  it('finds every rule with a pattern that matches, and no other', () => {
    const index = new PatternIndex()
    for (const [rule, pattern] of patterns.entries()) index.add(pattern, rule)
    for (const text of new Set(textsOf('a.', 5))) {
      const found = new Set<number>()
      index.find(text, (rule) => found.add(rule))
      const expected = patterns.flatMap((pattern, rule) => (matchesByDefinition(pattern, text) ? [rule] : []))
      expect({ text, rules: [...found].sort((a, b) => a - b) }).toEqual({ text, rules: expected })
    }
  })

  it('finds the longest domain that a pattern can have', () => {
    const domain = `.${'a.'.repeat(127)}`
    const index = new PatternIndex()
    index.add(`*${domain}`, 1)
    index.add(`*${domain}b`, 2)
    index.add(`*${domain}bc`, 3)
    const found: number[] = []
    for (const end of ['', 'b', 'bc']) index.find(`www${domain}${end}`, (rule) => found.push(rule))
    expect(found).toEqual([1, 2, 3])
  })

  it('keeps several rules with one pattern', () => {
    const index = new PatternIndex()
    for (const rule of [3, 5]) for (const pattern of ['a.b', '*.b', 'a*b']) index.add(pattern, rule)
    const found: number[] = []
    index.find('a.b', (rule) => found.push(rule))
    expect(found).toEqual([3, 5, 3, 5, 3, 5])
  })
})
