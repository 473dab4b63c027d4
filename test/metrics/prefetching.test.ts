import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Call } from '../../src/sandbox/call.ts'
import { passTime, whileTimePasses } from '../support/passing-time.ts'
import { samplesOf, sampleValue } from '../support/samples.ts'
import { type Stack, startStack } from '../support/stack.ts'

const isProjects = ({ path }: Call) => path === '/v1/organization/projects'
const isEnrollments = ({ path }: Call) => path === '/cps/v2/enrollments'
const isContracts = ({ path }: Call) => path === '/contract-api/v1/contracts/identifiers'
const effect = { status: 403 }

let stack: Stack
beforeEach(async () => {
  stack = await startStack({ configure: (file) => ({ ...file, upstream: { prefetch: true } }) })
})
afterEach(() => stack.close())

const upOf = async (name: string) => sampleValue(await stack.scrape(), 'x509_source_up', { source_name: name })
const prefetch = () => passTime(stack, 120_000, 1_000)

describe('a list that no search for certificates reads', () => {
  beforeEach(() => {
    stack.openai.emulator.fault({ match: isProjects, effect })
    stack.akamai.emulator.fault({ match: isEnrollments, effect })
  })

  it('is no source when only prefetching reads it, in vain', async () => {
    await prefetch()
    expect(stack.openai.emulator.calls.filter(isProjects)).not.toEqual([])
    expect(stack.akamai.emulator.calls.filter(isEnrollments)).not.toEqual([])
    const up = samplesOf(await stack.scrape(), 'x509_source_up')
    expect(up.filter(({ labels }) => /projects|enrollments|org_.*discovery/.test(labels['source_name'] ?? ''))).toEqual(
      [],
    )
    expect(up.filter(({ value }) => value === 0)).toEqual([])
    const health = await (await fetch(new URL('/health', stack.url))).json()
    expect(health).toMatchObject({ status: 'ok' })
  })

  it('is a source while operations read it', async () => {
    await prefetch()
    await whileTimePasses(
      stack.clock,
      stack.ask('{ openAIOrganization(id: "org_bluequay") { projects(first: 1) { totalCount } } }'),
    )
    expect(await upOf('org_bluequay/discovery')).toBe(0)
    await passTime(stack, 3_600_000, 60_000)
    expect(await upOf('org_bluequay/discovery')).toBeUndefined()
  })
})

describe('the contracts of an Akamai account', () => {
  it('are a source when only prefetching reads them, in vain', async () => {
    stack.akamai.emulator.fault({ match: isContracts, effect })
    await prefetch()
    expect(await upOf('bluequay/discovery')).toBe(0)
  })
})

describe('certgraph_readings_total', () => {
  it('does not count what is prefetched', async () => {
    const count = async () =>
      samplesOf(await stack.scrape(), 'certgraph_readings_total').reduce((sum, { value }) => sum + value, 0)
    await prefetch()
    expect(stack.emulators.flatMap(({ calls }) => calls)).not.toEqual([])
    expect(await count()).toBe(0)
    await stack.ask('{ certificates(first: 1) { totalCount } }')
    expect(await count()).toBeGreaterThan(4)
  })
})
