import { afterEach, describe, expect, it } from '@jest/globals'
import { parse } from 'graphql'
import { anonymousCaller } from '../../src/access/caller.ts'
import { defaultLimits } from '../../src/limits.ts'
import { toGraphQLError } from '../../src/schema/error.ts'
import type { HttpExport, ReadExport } from '../../src/server/http-export.ts'
import { download, problemOf } from '../support/exported.ts'
import { type RunningServer, startServer, type TestContext } from '../support/running-server.ts'
import { until } from '../support/until.ts'

let server: RunningServer
afterEach(() => server.close())

const secret = 'postgres://user:password@db'

/** An export with this content, or whose reading does this. */
function fileOf(
  file: Partial<ReadExport>,
  reading: (context: TestContext) => Promise<void> = async () => {},
): HttpExport<TestContext> {
  return {
    name: 'test',
    path: '/test.txt',
    isFeed: false,
    load: async () => () => ({
      requirements: new Set(),
      equivalent: { document: parse('{ hello }'), variables: {} },
      async read(context) {
        await reading(context)
        return {
          contentType: 'text/plain',
          fileName: 'test.txt',
          incompleteReasons: [],
          staleReasons: [],
          async *write(_timeSlice, progress) {
            progress.rows += 1
            yield Buffer.from('a row')
          },
          ...file,
        }
      },
    }),
  }
}

const start = async (file: HttpExport<TestContext>, options: Parameters<typeof startServer>[1] = {}) => {
  server = await startServer({}, { exports: [file], ...options })
}

const line = () => server.log.findLast(({ msg }) => msg === 'export')

describe('an export', () => {
  it('closes the connection when an error interrupts it, so that the part is not taken for the whole', async () => {
    await start(
      fileOf({
        async *write() {
          yield Buffer.from('a row')
          throw new Error(secret)
        },
      }),
    )
    await expect(download(server, 'test.txt')).rejects.toThrow()
    expect(line()).toMatchObject({ export: 'test', codes: ['INTERNAL_SERVER_ERROR'] })
    expect(server.log).toContainEqual(expect.objectContaining({ msg: 'unexpected error' }))
  })

  it('hides an unexpected error before the first byte', async () => {
    const failing = async () => {
      throw new Error(secret)
    }
    await start(fileOf({}, failing))
    const answer = await download(server, 'test.txt')
    expect(answer.status).toBe(500)
    expect(problemOf(answer)).toMatchObject({ detail: 'Unexpected error.', code: 'INTERNAL_SERVER_ERROR' })
    expect(answer.text).not.toContain(secret)
    expect(server.log).toContainEqual(
      expect.objectContaining({ msg: 'unexpected error', err: expect.objectContaining({ message: secret }) }),
    )
  })

  it('is refused when the query with the same calls would be', async () => {
    await start(fileOf({}), { costOf: () => ({ cost: defaultLimits.cost + 1, bytes: 0 }) })
    const answer = await download(server, 'test.txt')
    expect(answer.status).toBe(400)
    expect(problemOf(answer)).toMatchObject({
      code: 'QUERY_TOO_COSTLY',
      detail: `The export costs ${defaultLimits.cost + 1}; the limit is ${defaultLimits.cost}.`,
    })
  })

  it('counts as an operation of its caller until it is read', async () => {
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    let begun = 0
    const waiting = async () => {
      begun += 1
      await held
    }
    await start(fileOf({}, waiting), {
      authenticate: async (presented) => ({ ...anonymousCaller(presented), name: 'one', isIdentified: true }),
      limits: { ...defaultLimits, operations: { ...defaultLimits.operations, perCaller: 1 } },
    })
    const first = download(server, 'test.txt')
    await until(() => begun === 1)
    const second = await download(server, 'test.txt')
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, '1'])
    expect(problemOf(second).detail).toContain('1 operations of yours are in progress')
    release()
    expect((await first).text).toBe('a row')
    expect((await download(server, 'test.txt')).status).toBe(200)
  })

  it('is aborted at the deadline, which ends its reading', async () => {
    const hanging = ({ signal }: TestContext) =>
      new Promise<void>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    await start(fileOf({}, hanging), { deadline: 1_000, toGraphQLError })
    const answering = download(server, 'test.txt')
    await until(() => server.clock.nextWakeIn <= 1_000)
    server.clock.advance(1_000)
    const answer = await answering
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
    expect(problemOf(answer)).toMatchObject({
      code: 'OVERLOADED',
      detail: expect.stringContaining('before its deadline'),
    })
  })

  it('is not sent again to a client that has the same content', async () => {
    await start(fileOf({ etag: '"1"' }))
    expect((await download(server, 'test.txt')).headers.get('etag')).toBe('"1"')
    for (const tag of ['"1"', 'W/"1"', '"0", "1"', '*']) {
      const { status, text } = await download(server, 'test.txt', {}, { headers: { 'if-none-match': tag } })
      expect([status, text]).toEqual([304, ''])
    }
    expect((await download(server, 'test.txt', {}, { headers: { 'if-none-match': '"0"' } })).status).toBe(200)
  })

  it('has its reasons in a header in ASCII, and not more than 1,000 characters', async () => {
    await start(fileOf({ incompleteReasons: [`OpenAI’s “list” … ü\r\nx-evil: 1`, 'x'.repeat(5_000)] }), {
      redact: (text, limit) => text.slice(0, limit),
    })
    const { status, headers } = await download(server, 'test.txt')
    expect(status).toBe(200)
    expect(headers.get('x-certgraph-reasons')).toMatch(/^OpenAI's "list" \.\.\. \?\?\?x-evil: 1; x+$/)
    expect(headers.get('x-certgraph-reasons')?.length).toBeLessThan(1_010)
    expect(headers.has('x-evil')).toBe(false)
  })
})
