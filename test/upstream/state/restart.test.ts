import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { type Listing, list } from '../../support/listing.ts'
import { passTime, whileTimePasses } from '../../support/passing-time.ts'
import { type RestartingStack, startRestartingStack } from '../../support/restarting-stack.ts'
import { until } from '../../support/until.ts'

const minute = 60_000
const hour = 60 * minute

/** Longer than a reading is served while another one is made, and shorter than it is served when a vendor fails. */
const overdue = 2 * hour

let stack: RestartingStack

beforeEach(async () => {
  stack = await startRestartingStack()
})
afterEach(() => stack.close())

const statuses = ({ sources }: Listing) => [...new Set(sources.map(({ status }) => status))]

describe('A restart', () => {
  it('loses no row while a vendor is down', async () => {
    const before = await list(await stack.start())
    expect(before).toMatchObject({ complete: true, fresh: true })
    await stack.stop()
    stack.clock.advance(minute)
    stack.fail({ status: 503 }, [stack.akamai.emulator])
    const after = await list(await stack.start())
    expect(after.totalCount).toBe(before.totalCount)
    expect(after.nodes.map(({ id }) => id)).toEqual(before.nodes.map(({ id }) => id))
  })

  it.each([
    ['answers 503', { status: 503 }],
    ['hangs', 'hang'],
    ['resets connections', 'reset'],
  ] as const)('serves old readings at once while every vendor %s', async (_what, effect) => {
    const before = await list(await stack.start())
    await stack.stop()
    stack.clock.advance(overdue)
    stack.fail(effect)
    const program = await stack.start()
    // The clock does not move: an operation that waits for a vendor that hangs would not end.
    const after = await list(program)
    expect(after.nodes.map(({ id, asOf }) => ({ id, asOf }))).toEqual(
      before.nodes.map(({ id, asOf }) => ({ id, asOf })),
    )
    expect(after).toMatchObject({ complete: true, fresh: false })
    expect(statuses(after)).toEqual(['STALE'])
    expect(new Set(after.sources.map(({ error }) => error?.message))).toEqual(
      new Set(['the last reading is from before the start of certgraph; a new one is being made']),
    )
  })

  it('serves old readings at once and refreshes them in the background', async () => {
    await list(await stack.start())
    await stack.stop()
    stack.clock.advance(overdue)
    const program = await stack.start()
    expect(statuses(await list(program))).toEqual(['STALE'])
    // A stored answer is not given again either: the clock does not move.
    await passTime(stack, 0)
    expect(await list(program)).toMatchObject({ complete: true, fresh: true })
  })

  it('keeps every byte of the calendar', async () => {
    const calendarOf = async ({ url }: { readonly url: string }) => {
      const response = await fetch(url.replace('/graphql', '/expirations.ics'))
      return { etag: response.headers.get('etag'), text: await response.text() }
    }
    const before = await calendarOf(await stack.start())
    expect(before.text).toContain('\r\nDTSTAMP:')
    await stack.stop()
    stack.clock.advance(30_000)
    const calls = stack.calls().length
    expect(await calendarOf(await stack.start())).toEqual(before)
    expect(stack.calls()).toHaveLength(calls)
  })

  it('serves readings within their ttl without a call', async () => {
    const before = await list(await stack.start())
    await stack.stop()
    stack.clock.advance(1_000)
    const calls = stack.calls().length
    expect(await list(await stack.start())).toEqual(before)
    expect(stack.calls()).toHaveLength(calls)
  })

  it('waits for a reading that is as recent as an operation demands', async () => {
    await list(await stack.start())
    await stack.stop()
    stack.clock.advance(overdue)
    const program = await stack.start()
    const calls = stack.calls().length
    const bounded = list(program, 'maxStaleness: "PT1M"')
    expect(await whileTimePasses(stack.clock, bounded)).toMatchObject({ complete: true, fresh: true })
    expect(stack.calls().length).toBeGreaterThan(calls)
  })

  it('serves nothing older than upstream.staleIfError', async () => {
    const configured = { ...stack.file, upstream: { staleWhileRevalidate: '1m', staleIfError: '1h' } }
    await list(await stack.start(configured))
    await stack.stop()
    stack.clock.advance(overdue)
    stack.fail()
    const after = list(await stack.start(configured))
    expect(await whileTimePasses(stack.clock, after)).toMatchObject({ nodes: [], complete: false })
  })

  it('follows the usual rules once an attempt has failed', async () => {
    await list(await stack.start())
    await stack.stop()
    stack.clock.advance(overdue)
    stack.fail()
    const program = await stack.start()
    await list(program)
    await passTime(stack, 4_500, 250)
    const { sources } = await list(program)
    expect(sources.map(({ status, error }) => [status, error?.code])).toEqual(
      sources.map(() => ['STALE', 'UPSTREAM_UNAVAILABLE']),
    )
  })

  it('does not trust readings from the future', async () => {
    const before = await list(await stack.start())
    await stack.stop()
    stack.clock.adjustWallClock(-hour)
    const calls = stack.calls().length
    const after = await list(await stack.start())
    expect(after).toMatchObject({ totalCount: before.totalCount, complete: true, fresh: true })
    expect(stack.calls().length).toBeGreaterThan(calls)
    // The new readings replace those from the future.
    await stack.stop()
    stack.fail()
    expect(await list(await stack.start())).toEqual(after)
  })

  it('keeps no credential and no PEM', async () => {
    const program = await stack.start()
    await list(program)
    await program.ask('{ certificates(first: 20) { nodes { pem } } }')
    await stack.stop()
    const text = JSON.stringify([...stack.state.range([])])
    expect(text).toContain(stack.openai.state.organizations[0]?.certificates[0]?.id)
    for (const secret of [...program.config.secrets, 'BEGIN CERTIFICATE']) expect(text).not.toContain(secret)
  })

  it('removes what is not served any more', async () => {
    await list(await stack.start())
    await stack.stop()
    const kept = [...stack.state.range([])].length
    stack.clock.advance(3 * 24 * hour)
    const { openai } = stack.file
    await list(await stack.start({ openai }))
    // The other vendors are not configured any more.
    await until(() => [...stack.state.range([])].length < kept)
    expect([...stack.state.range([])].length).toBeGreaterThan(0)
  })

  it('lets what looks only at memory find the readings without an operation and without a call', async () => {
    const configured = { ...stack.file, metrics: { enabled: true } }
    const program = await stack.start(configured)
    await list(program)
    const healthOf = async ({ url }: { readonly url: string }) =>
      (await (await fetch(url.replace('graphql', 'health'))).json()) as { readonly places: readonly object[] }
    const [health, metrics] = [await healthOf(program), seriesOf(await program.scrape())]
    await stack.stop()
    const calls = stack.calls().length
    const restarted = await stack.start(configured)
    await passTime(stack, 0)
    expect(await healthOf(restarted)).toEqual(health)
    expect(seriesOf(await restarted.scrape())).toEqual(metrics)
    expect(stack.calls()).toHaveLength(calls)
  })

  it('reports an old reading as stale while the first attempt to make a new one lasts', async () => {
    await list(await stack.start())
    await stack.stop()
    stack.clock.advance(overdue)
    stack.fail('hang')
    const program = await stack.start()
    await passTime(stack, 0)
    const health = async () => {
      const response = await fetch(program.url.replace('graphql', 'health'))
      return (await response.json()) as { readonly status: string; readonly places: readonly { status: string }[] }
    }
    const statusesOf = ({ places }: Awaited<ReturnType<typeof health>>) => new Set(places.map(({ status }) => status))
    const before = await health()
    expect([before.status, statusesOf(before)]).toEqual(['ok', new Set(['OK'])])
    await list(program)
    const meanwhile = await health()
    expect([meanwhile.status, statusesOf(meanwhile)]).toEqual(['degraded', new Set(['STALE'])])
  })
})

/** The series of the sources: others count what this process has done. */
function seriesOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => /^(x509_source|certgraph_source|x509_cert)/.test(line))
}
