import { afterEach, describe, expect, it } from '@jest/globals'
import type { Effect } from '../../src/sandbox/fault.ts'
import { type Stack, startStack } from '../support/stack.ts'

let stack: Stack
afterEach(() => stack.close())

const openai = { path: '/organization/projects', place: 'org_bluequay', setting: 'projects', provider: 'OPENAI' }
const akamai = { path: '/contract-api/', place: 'bluequay', setting: 'contracts', provider: 'AKAMAI' }
const scopes = { error: 'You have insufficient permissions for this operation. Missing scopes: api.management.read.' }

/** The error of the discovery at the vendor. */
async function failedDiscovery({ path, provider }: typeof openai, effect: Effect) {
  stack = await startStack()
  for (const emulator of stack.emulators) emulator.fault({ match: (call) => call.target.includes(path), effect })
  const { data } = await stack.ask<{
    certificatePlaces: { sources: readonly { error: { code: string; message: string } | null }[] }
  }>(`{ certificatePlaces(providers: [${provider}]) { sources { error { code message } } } }`)
  return data.certificatePlaces.sources.find(({ error }) => error)?.error
}

describe('a discovery that the vendor forbids', () => {
  it.each<[string, typeof openai, Effect, string]>([
    ['OpenAI by 403', openai, { status: 403, body: { error: { message: 'No.' } } }, 'UPSTREAM_FORBIDDEN'],
    ['OpenAI by 401 for a missing scope', openai, { status: 401, body: scopes }, 'UPSTREAM_UNAUTHENTICATED'],
    ['Akamai by 403', akamai, { status: 403, body: { title: 'No.' } }, 'UPSTREAM_FORBIDDEN'],
  ])('says which setting avoids the call: %s', async (_, vendor, effect, code) => {
    const error = await failedDiscovery(vendor, effect)
    expect(error).toMatchObject({ code })
    expect(error?.message).toMatch(
      new RegExp(`; list the \`${vendor.setting}\` of ${vendor.place} in the configuration to avoid this call$`),
    )
    expect(stack.log.filter(({ level }) => level === 40)).toMatchObject([{ code, msg: error?.message }])
  })

  it.each<[string, typeof openai, Effect]>([
    ['an unknown key', openai, { status: 401, body: { error: { message: 'Incorrect API key provided.' } } }],
    ['another rejection', akamai, { status: 400 }],
  ])('says nothing of settings after another failure: %s', async (_, vendor, effect) => {
    expect((await failedDiscovery(vendor, effect))?.message).not.toContain('in the configuration')
  })
})
