import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Effect } from '../../src/sandbox/fault.ts'
import { whileTimePasses } from '../support/passing-time.ts'
import { firstOf } from '../support/rewriting.ts'
import { projectId, type SideBySide, startSideBySide } from '../support/visibility.ts'

const scale = { openai: { organizations: 2, certificatesPerOrganization: 3, projectsPerOrganization: 2 } }

let sides: SideBySide
beforeEach(async () => {
  sides = await startSideBySide({ places: ['org_scaled0'], small: ({ openai }) => ({ openai }) }, { scale })
})
afterEach(() => sides.close())

const hidden = projectId(0, 1)
const saying = (status: number, words: string) => ({ status, body: { error: { message: `${words} in ${hidden}.` } } })

const strike = (method: 'GET' | 'POST', effect: Effect) =>
  sides.stack.openai.emulator.fault({ match: (call) => call.method === method, effect })

/** The result of a rename for a caller who sees all places, and for one with a list of places. */
async function rename(): Promise<{ readonly all: string; readonly listed: string }> {
  const { id } = firstOf(firstOf(sides.stack.openai.state.organizations).certificates)
  const query = `mutation {
    renameOpenAICertificate(input: { organizationId: "org_scaled0", certificateId: "${id}", name: "Renamed" }) {
      __typename ... on CertificateMutationError { code message }
    }
  }`
  const ask = async (asked: Promise<string>) => {
    const { data } = JSON.parse(await whileTimePasses(sides.stack.clock, asked))
    expect(data.renameOpenAICertificate).toMatchObject({ code: 'OUTCOME_UNKNOWN' })
    return String(data.renameOpenAICertificate.message)
  }
  return { all: await ask(sides.small(query)), listed: await ask(sides.limited(query)) }
}

describe('the error OUTCOME_UNKNOWN has the messages of the vendor only for callers who see all places:', () => {
  it('those about the change', async () => {
    strike('POST', saying(502, 'Lost on the way'))
    const { all, listed } = await rename()
    expect(all).toMatch(
      /^OpenAI answered 502 for .*: Lost on the way in proj_\w+\.; it is not known whether the change was made/,
    )
    expect(listed).toMatch(
      /^the vendor answered 502 to a call for this change; it is not known whether the change was made/,
    )
    expect(listed).not.toContain(hidden)
    for (const message of [all, listed]) expect(message).toContain('the vendor’s list does not show it yet')
  })

  it('those about the list that is read to verify it', async () => {
    strike('POST', 'reset')
    strike('GET', saying(403, 'Nothing to see'))
    const { all, listed } = await rename()
    expect(all).toMatch(/whether the change was made: OpenAI answered 403 for .*: Nothing to see in proj_/)
    expect(listed).toContain(
      'whether the change was made: the vendor answered 403 to a call for this change. Check before',
    )
    for (const words of ['Nothing to see', hidden]) expect(listed).not.toContain(words)
    // The part of the message that does not come from the vendor is the same for both.
    for (const message of [all, listed])
      expect(message).toMatch(/^OpenAI could not be reached for the new name of cert_/)
  })
})
