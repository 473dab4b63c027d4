import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { askAs, digestOf } from '../../support/callers.ts'
import { list } from '../../support/listing.ts'
import { passTime } from '../../support/passing-time.ts'
import { type RestartingStack, startRestartingStack } from '../../support/restarting-stack.ts'

const key = 'cg_alerts-0123456789'
const monitor = 'cg_monitor-0123456789'

let stack: RestartingStack
beforeEach(async () => {
  stack = await startRestartingStack()
})
afterEach(() => stack.close())

/** A configuration with a key for one place, and one for all. */
const withKeys = (place: string) => ({
  ...stack.file,
  access: {
    apiKeys: [
      { name: 'alerts', sha256: digestOf(key), places: [place] },
      { name: 'monitor', sha256: digestOf(monitor) },
    ],
  },
})

const listAs = async (url: string, credential: string) =>
  list({ ask: async (query) => (await askAs(url, credential, query)) as never })

describe('The places of a caller after a restart', () => {
  it.each([
    [
      'a project',
      () => stack.openai.state.organizations[0]?.projects.find(({ certificates }) => certificates.length > 0),
    ],
    ['a contract', () => stack.akamai.state.accounts[0]?.contracts[0]],
  ])('are found while the vendor hangs: %s', async (_what, find) => {
    const place = find()?.id ?? ''
    const file = withKeys(place)
    const { url } = await stack.start(file)
    await listAs(url, monitor)
    const before = await listAs(url, key)
    expect(before).toMatchObject({ complete: true })
    expect(before.nodes.length).toBeGreaterThan(0)
    await stack.stop()
    stack.fail('hang')
    const restarted = await stack.start(file)
    await passTime(stack, 0)
    expect(await listAs(restarted.url, key)).toEqual(before)
  })
})
