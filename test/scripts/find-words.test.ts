import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { checkCode, checkName, checkProse, splitName, WordList } from '../../scripts/find-words.ts'

const list = WordList.parse({
  names: [
    { word: 'errand', instead: 'context' },
    { word: 'by hand', instead: 'manual' },
    { name: 'Line', instead: 'Pipeline' },
    { word: 'row', in: ['src/upstream'], instead: 'reading' },
    { word: 'claim', instead: 'call', allow: [{ in: ['src/access'], reason: 'JWT' }] },
    { word: 'scope', instead: 'place', allow: [{ names: ['byPlace', '/^auth/'], reason: 'public' }] },
  ],
  phrases: [{ phrase: 'who calls', instead: 'the caller' }],
})

const inCode = (text: string, file = 'src/a.ts') => checkCode(list, file, text).map(({ line, found }) => [line, found])

describe('the names that the word list forbids', () => {
  it('splits names of every case into words', () => {
    for (const name of ['placeIndexURL', 'PlaceIndexUrl', 'PLACE_INDEX_URL', 'place-index-url', '#placeIndexUrl'])
      expect(splitName(name)).toEqual(['place', 'index', 'url'])
  })

  it('finds a word inside a name and in its plural, but not as part of another word', () => {
    expect(inCode('const vendorErrand = 1\nlet errands = 2\nlet errandless = 3')).toEqual([
      [1, 'vendorErrand'],
      [2, 'errands'],
    ])
  })

  it('finds several words only in their order', () => {
    expect(inCode('makeByHand(handBy)')).toEqual([[1, 'makeByHand']])
  })

  it('finds a whole name in its own spelling only', () => {
    expect(inCode('class Line {}\nconst line = new LineReader()')).toEqual([[1, 'Line']])
  })

  it('finds private members, properties, types and parameters', () => {
    const text = 'class A { #errand = 1; b(errandId: Errand) { return this.errand } }'
    expect(inCode(text).map(([, found]) => found)).toEqual(['errand', 'errandId', 'Errand', 'errand'])
  })

  it('applies a rule in its folders only', () => {
    expect(inCode('const row = 1', 'src/upstream/cache/entry.ts')).toHaveLength(1)
    expect(inCode('const row = 1', 'src/upstreams.ts')).toEqual([])
  })

  it('allows what the list allows, by folder, by name and by pattern', () => {
    expect(inCode('const claim = byPlace(authScopes)', 'src/access/jwt.ts')).toEqual([])
    expect(inCode('const claim = byScopes(oauthScopes)').map(([, found]) => found)).toEqual([
      'claim',
      'byScopes',
      'oauthScopes',
    ])
  })

  it('checks the name of a file', () => {
    expect(checkName(list, 'src/a', 'vendor-errand')).toEqual([
      { line: 1, found: 'vendor-errand', word: 'errand', instead: 'context' },
    ])
  })
})

describe('the phrases that the word list forbids', () => {
  it('finds them in comments, strings and templates with the line', () => {
    const text = `// Who calls\n/** who calls */ const a = 'who calls'\nconst b = \`x \${a} who calls \${a} who calls\`\n`
    expect(inCode(text).map(([line]) => line)).toEqual([1, 2, 2, 3, 3])
  })

  it('finds them where a comment goes on in the next line', () => {
    expect(inCode('const a = 1\n/**\n * for who\n * calls\n */\n// for who\n// calls')).toEqual([
      [3, 'who * calls'],
      [6, 'who // calls'],
    ])
  })

  it('finds them in the text of an element, and not over its tags', () => {
    const text =
      'const view = <p title="who calls">\n  {who} The place who\n  calls\n</p>\nconst x = <b>who <i>calls</i></b>'
    expect(inCode(text, 'web/a.tsx')).toEqual([
      [1, 'who calls'],
      [2, 'who calls'],
    ])
  })

  it('does not take code, or words with code between them, for prose', () => {
    expect(inCode("who.calls(who, calls)\nf('who', 'calls')\nf('who') // calls")).toEqual([])
  })

  it('does not find them inside other words', () => {
    expect(checkProse(list, 'who callsign\nwhowho calls')).toEqual([])
  })

  it('finds them in pages, in any case and over the end of a line', () => {
    expect(checkProse(list, '# Page\n\nSay who\ncalls. WHO CALLS?').map(({ line }) => line)).toEqual([3, 4])
  })
})

describe('the word list of this project', () => {
  const own = WordList.parse(parse(readFileSync('scripts/words.yaml', 'utf8')))

  it.each(own.phrases.map(({ phrase }) => phrase))('finds "%s" in a comment', (phrase) => {
    expect(checkCode(own, 'src/a.ts', `// It is ${phrase} here.`)).toHaveLength(1)
  })

  const names = own.names.map(({ word, name, ...rule }) => ({ ...rule, word: word ?? name ?? '' }))

  it.each(names)('finds "$word" in a name', ({ word, in: folders, instead }) => {
    const name = word.replaceAll(/ (.)/g, (_, letter: string) => letter.toUpperCase())
    const unlisted = word === name && /^[A-Z]|line/.test(word) ? name : `${name}Other`
    expect(checkName(own, `${folders?.[0] ?? 'src'}/a.ts`, unlisted)).toContainEqual(
      expect.objectContaining({ found: unlisted, instead }),
    )
  })

  it('gives a reason for each word that it allows', () => {
    for (const { allow } of own.names) for (const { reason } of allow) expect(reason).not.toBe('')
  })
})
