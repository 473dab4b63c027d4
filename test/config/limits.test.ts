import { describe, expect, it } from '@jest/globals'
import { minimalFile, mistakesOf, parse } from '../support/config-parts.ts'

const withLimits = (limits: object) => parse({ ...minimalFile, limits }).limits

describe('limits', () => {
  it('have defaults', () => {
    expect(parse(minimalFile).limits).toEqual({
      depth: 12,
      aliases: 50,
      rootFields: 20,
      directives: 20,
      tokens: 2_000,
      body: 100_000,
      batching: 1,
      cost: 5_000,
      representations: 200,
      nodes: 100,
      answer: 16 * 1024 * 1024,
      vendorBody: 32 * 1024 * 1024,
      reading: { pages: 1_000, rows: 100_000, bytes: 256 * 1024 * 1024 },
      unsent: 67_108_864,
      operations: { executing: 200, waiting: 2_000, perCaller: 20 },
      streams: { open: 1_000, perCaller: 20 },
    })
  })

  it('of streams are configured one by one', () => {
    expect(withLimits({ streams: { perCaller: 2 } }).streams).toEqual({ open: 1_000, perCaller: 2 })
    expect(mistakesOf(() => withLimits({ streams: { open: -1, perCaller: 0, total: 5 } }))).toEqual([
      expect.stringMatching(/^limits\.streams\.open: .+; expected a whole number from 0 to 10000$/),
      expect.stringMatching(/^limits\.streams\.perCaller: .+; expected a whole number from 1 to 10000$/),
      expect.stringMatching(/^limits\.streams\.total: unknown; expected one of open, perCaller$/),
    ])
  })

  it('are configured one by one', () => {
    const limits = withLimits({ depth: 8, body: '2MB', vendorBody: '64MiB', operations: { waiting: 0 } })
    expect(limits).toMatchObject({ depth: 8, aliases: 50, body: 2_000_000, vendorBody: 64 * 1024 * 1024 })
    expect(limits.operations).toEqual({ executing: 200, waiting: 0, perCaller: 20 })
  })

  it('of a reading are configured one by one', () => {
    expect(withLimits({ reading: { rows: 5 } }).reading).toEqual({ pages: 1_000, rows: 5, bytes: 256 * 1024 * 1024 })
    expect(withLimits({ reading: { pages: 2, bytes: '1MB' } }).reading).toEqual({
      pages: 2,
      rows: 100_000,
      bytes: 1_000_000,
    })
    expect(mistakesOf(() => withLimits({ reading: { pages: 0, rows: '9', bytes: 5, row: 1 } }))).toEqual([
      expect.stringMatching(/^limits\.reading\.pages: .+; expected a whole number from 1 to 100000$/),
      expect.stringMatching(/^limits\.reading\.rows: .+; expected a whole number from 1 to 10000000$/),
      expect.stringMatching(/^limits\.reading\.bytes: .+; expected a size such as .+, from 1B to 2048MiB$/),
      expect.stringMatching(
        /^limits\.reading\.row: unknown; expected one of pages, rows, bytes \(did you mean rows\?\)$/,
      ),
    ])
  })

  it.each([
    ['depth', 0, 'a whole number from 1 to 100'],
    ['depth', 1e300, 'a whole number from 1 to 100'],
    ['cost', '5k', 'a whole number from 1 to 1000000'],
    ['body', 100_000, 'a size such as 500B, 100kB, 2MB or 32MiB, from 1B to 10MB'],
    ['body', '11MB', 'a size such as 500B, 100kB, 2MB or 32MiB, from 1B to 10MB'],
    ['vendorBody', '0B', 'a size such as 500B, 100kB, 2MB or 32MiB, from 1B to 256MiB'],
  ])('have a range: %s cannot be %j', (name, value, wanted) => {
    expect(mistakesOf(() => withLimits({ [name]: value }))).toEqual([
      expect.stringMatching(new RegExp(`^limits\\.${name}: .+; expected ${wanted}$`)),
    ])
  })

  it('have known names and whole numbers only', () => {
    expect(mistakesOf(() => withLimits({ deph: 3, operations: { executing: 0.5, waiting: 1e300, each: 1 } }))).toEqual([
      expect.stringMatching(/^limits\.operations\.executing: .+; expected a whole number from 1 to 10000$/),
      expect.stringMatching(/^limits\.operations\.waiting: .+; expected a whole number from 0 to 100000$/),
      expect.stringMatching(/^limits\.operations\.each: unknown; expected one of executing, waiting, perCaller$/),
      expect.stringMatching(/^limits\.deph: unknown; expected one of depth, /),
    ])
  })
})
