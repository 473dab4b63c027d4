import { describe, expect, it } from '@jest/globals'
import { endlessTimeSlice } from '../../../src/time-slice.ts'
import { parseBody } from '../../../src/upstream/call/parse-body.ts'
import { parseJson } from '../../../src/upstream/exact-json.ts'
import { createShortSlices } from '../../support/short-slices.ts'

/** The lengths of the texts that were parsed. */
function createParser(parse: (text: string) => unknown = JSON.parse) {
  const lengths: number[] = []
  const parseJson = (text: string) => {
    lengths.push(text.length)
    return parse(text)
  }
  return { api: { parseJson }, lengths }
}

const partLength = 131_072
const row = (id: number) => ({
  id,
  name: 'a "quoted" name, [with] {brackets}:',
  parts: [[id], { deep: [1, 2] }],
  ü: '日本',
})
const rows = Array.from({ length: 10_000 }, (_, id) => row(id))
const text = JSON.stringify(rows)
const fill = ' '.repeat(partLength)

describe('the body of a response', () => {
  it.each<[string, string]>([
    ['a list', text],
    ['a list with white space', JSON.stringify(rows, null, 3)],
    ['a member', `{"object":"list","data":${text},"has_more":false}`],
    ['two long members', `{"data":${text},"others":${text}}`],
    ['a long member after an object with lists', `{"a":{"b":[1]},"c":[2],"data":${text}}`],
    ['a member that is repeated, the long one first', `{"data":${text},"data":[1]}`],
    ['a member that is repeated, the long one last', `{"data":[1],"data":${text}}`],
    ['a member with the name of the prototype', `{"__proto__":${text},"a":1}`],
    ['an object of long members', `{"a":"${fill}","b":"${fill}","c":["${fill}","${fill}"]}`],
    ['lists in a list', `[[${fill}1,${fill}2,${fill}3],[4]]`],
    ['numbers', `[${Array.from({ length: 200_000 }, (_, index) => index / 7).join()}]`],
    ['a short body', '{"data":[1,2]}'],
  ])('has the values of JSON.parse for %s', async (_, body) => {
    const { api } = createParser()
    const value = await parseBody(api, body, endlessTimeSlice)
    expect(JSON.stringify(value)).toBe(JSON.stringify(JSON.parse(body)))
  })

  it('is parsed in parts of at most 128 kB and a row', async () => {
    const { api, lengths } = createParser()
    await parseBody(api, `{"data":${text}}`, endlessTimeSlice)
    expect(lengths.length).toBeGreaterThan(text.length / (1.1 * partLength))
    expect(Math.max(...lengths)).toBeLessThan(partLength + 1_000)
  })

  it('is parsed exactly in the parts that have a long integer', async () => {
    const body = text.replace('"id":9000,', '"id":9007199254740993,')
    const { api } = createParser((part) => parseJson(part, new Set(['id'])))
    const value = (await parseBody(api, body, endlessTimeSlice)) as ReturnType<typeof row>[]
    expect(value[9000]?.id).toBe(9_007_199_254_740_993n)
    expect(value[8999]).toEqual(row(8999))
    expect(value).toHaveLength(rows.length)
  })

  it('gives way between its parts', async () => {
    const exact = createShortSlices()
    await parseBody(createParser().api, text, exact.timeSlice)
    expect(exact.count()).toBeGreaterThan(text.length / (1.1 * partLength))
    const plain = createShortSlices()
    const long = `[${Array(10).fill(text).join()}]`
    expect(await parseBody({ parseJson: JSON.parse }, long, plain.timeSlice)).toEqual(Array(10).fill(rows))
    expect(plain.count()).toBeGreaterThan(long.length / 3_000_000)
  })

  it.each<[string, string]>([
    ['without an end', text.slice(0, -1)],
    ['with another bracket at its end', `${text.slice(0, -1)}}`],
    ['with a comma at its end', `${text.slice(0, -1)},]`],
    ['with a comma and white space at its end', `${text.slice(0, -1)},${fill}]`],
    ['with a comma at its start', `[,${text.slice(1)}`],
    ['with white space between two commas', `[1,${fill},${fill},2]`],
    ['without a comma', `[${fill}1,${fill}2 3]`],
    ['with something after it', `${text}[1]`],
    ['with a row that is not JSON', text.replace('"id":9000', '"id":09000')],
    ['with brackets that do not match', `[{"a":1],${fill}2,{"b":2}}]`],
    ['with brackets of the wrong kind', `[1,${fill}2,${fill}3},[4]`],
    ['as the name of a member', `{[${fill}1,${fill}2]:1}`],
    ['in a member without a name', `{[${fill}1,${fill}2]}`],
  ])('is not JSON when it is a long list %s', async (_, body) => {
    expect(() => JSON.parse(body)).toThrow(SyntaxError)
    await expect(parseBody(createParser().api, body, endlessTimeSlice)).rejects.toThrow(SyntaxError)
  })

  it('is not JSON for any text that JSON.parse rejects, whichever bracket or comma is changed', async () => {
    const body = `{"data":[${fill}{"a":[1,2]},${fill}{"b":{"c":[3]}},${fill}{"d":4}],"e":[5,6]}`
    const positions = [...body].flatMap((character, index) => ('[]{},:'.includes(character) ? [index] : []))
    for (const position of positions) {
      for (const other of ['[', ']', '{', '}', ',', ':', '']) {
        const changed = body.slice(0, position) + other + body.slice(position + 1)
        const outcome = await parseBody(createParser().api, changed, endlessTimeSlice).then(
          JSON.stringify,
          () => 'error',
        )
        expect(outcome).toBe(resultOf(changed))
      }
    }
  })
})

function resultOf(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text))
  } catch {
    return 'error'
  }
}
