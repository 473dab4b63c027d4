import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Effect } from '../../../src/sandbox/fault.ts'
import { beyondEveryTtl } from '../../support/changing-places.ts'
import { whileTimePasses } from '../../support/passing-time.ts'
import { findOnly } from '../../support/rewriting.ts'
import { type Stack, startStack } from '../../support/stack.ts'
import { expireReadings } from '../../support/vendor-outage.ts'

interface Certificate {
  readonly name: string
  readonly stale: boolean
  readonly lastActiveIn: readonly { readonly name: string }[] | null
  readonly activeProjectCount: number | null
}

let stack: Stack
beforeAll(async () => {
  stack = await startStack({ configure: (file) => ({ ...file, limits: { cost: 1_000_000 } }) })
})
afterEach(() => expireReadings(stack))
afterAll(() => stack.close())

const fields = ['lastActiveIn', 'activeProjectCount'] as const

async function read() {
  const response = stack.ask<{ openAIOrganization: { certificates: { nodes: Certificate[] } } }>(
    `{ openAIOrganization(id: "org_bluequay") { certificates(first: 100) {
      nodes { name stale lastActiveIn { name } activeProjectCount }
    } } }`,
  )
  const { data, errors = [] } = await whileTimePasses(stack.clock, response)
  return { nodes: data.openAIOrganization.certificates.nodes, errors }
}

describe('a field that needs all projects, while only a stale list of projects is available', () => {
  it.each<[string, Effect, object]>([
    ['the vendor fails', { status: 500 }, { code: 'UPSTREAM_UNAVAILABLE', httpStatus: 500 }],
    ['the vendor rejects the call', { status: 403 }, { code: 'UPSTREAM_FORBIDDEN', httpStatus: 403 }],
    ['the response is not a list', { status: 200, body: {} }, { code: 'UPSTREAM_MALFORMED_RESPONSE' }],
  ])('is null with an error when %s', async (_, effect, extensions) => {
    const before = await read()
    expect(before.errors).toEqual([])
    expect(findOnly(before.nodes, ({ name }) => name === 'Gateway clients').activeProjectCount).toBe(2)

    stack.clock.advance(beyondEveryTtl)
    const endFault = stack.openai.emulator.fault({
      match: ({ path }) => path.endsWith('/organization/projects'),
      effect,
    })
    const { nodes, errors } = await read()
    expect(nodes).toEqual(
      before.nodes.map((node) => ({ ...node, lastActiveIn: null, activeProjectCount: null, stale: false })),
    )
    expect(errors).toHaveLength(nodes.length * fields.length)
    expect(new Set(errors.map(({ path }) => path?.at(-1)))).toEqual(new Set(fields))
    for (const error of errors)
      expect(error.extensions).toMatchObject({ ...extensions, provider: 'OPENAI', place: expect.any(String) })

    endFault()
    stack.clock.advance(beyondEveryTtl)
    expect(await read()).toEqual(before)
  })
})
