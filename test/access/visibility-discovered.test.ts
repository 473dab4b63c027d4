import { afterEach, describe, expect, it } from '@jest/globals'
import { toGlobalId } from '../../src/providers/global-id.ts'
import { firstOf } from '../support/rewriting.ts'
import { projectId, type SideBySide, sendsCredential, startSideBySide } from '../support/visibility.ts'

const scale = {
  openai: { organizations: 2, certificatesPerOrganization: 4, projectsPerOrganization: 2 },
  akamai: { accounts: 2, contractsPerAccount: 1, enrollmentsPerContract: 2 },
}
const source = 'kind status certificateCount unreadableRows asOf place { id name } error { code message }'

let sides: SideBySide
afterEach(() => sides.close())

const hidden = () => sendsCredential(sides.stack.openai.state.organizations[1]?.adminKey ?? '')
const callsToHidden = () => {
  const isHiddenAccount = sendsCredential(sides.stack.akamai.state.accounts[1]?.clientToken ?? '')
  return [
    ...sides.stack.openai.emulator.calls.filter(hidden()),
    ...sides.stack.akamai.emulator.calls.filter(isHiddenAccount),
  ].map(({ target }) => target)
}

/** Starts a stack with a key for the first organization, the first account and these places. Everything below is discovered. */
async function startFirst(places: readonly string[]) {
  sides = await startSideBySide(
    {
      places: ['org_scaled0', 'scaled0', ...places],
      small: ({ openai, akamai }) => ({
        openai: { organizations: [firstOf(openai.organizations)] },
        akamai: { accounts: [firstOf(akamai.accounts)] },
      }),
    },
    { scale, configure: ({ openai, akamai }) => ({ openai, akamai }) },
  )
}

const foreign = () => {
  const certificate = sides.stack.openai.state.organizations[1]?.certificates[0]?.id ?? ''
  return {
    organization: toGlobalId('OpenAIOrganization', 'org_scaled1'),
    project: toGlobalId('OpenAIProject', 'org_scaled1', projectId(1, 0)),
    certificate: toGlobalId('OpenAICertificate', 'org_scaled1', certificate),
    contract: toGlobalId('AkamaiContract', 'C-1S0'),
    enrollment: toGlobalId('AkamaiEnrollment', 'C-1S0', '100002'),
  }
}

/** Queries for places inside and outside the first organization and account, by every argument. */
const questions = () => [
  `certificates(first: 20) { totalCount complete fresh nodes { id active } sources { ${source} } }`,
  'certificates(filter: { active: true }) { totalCount complete }',
  `certificateStatistics { total byPlace { key { id } count } complete sources { ${source} } }`,
  `certificatePlaces(first: 20) { totalCount complete nodes { id } sources { ${source} } }`,
  `openAIProject(id: "${projectId(1, 0)}") { id }`,
  'openAIProject(id: "proj_unknown") { id }',
  `openAIProject(id: "${projectId(0, 0)}") { id organization { projects { totalCount } } certificates { totalCount } }`,
  'akamaiContract(id: "C-1S0") { id }',
  'akamaiContract(id: "C-0S0") { id certificates { totalCount } }',
  ...Object.values(foreign()).flatMap((id) => [
    `node(id: "${id}") { id }`,
    `nodes(ids: ["${id}"]) { id }`,
    `certificates(filter: { placeIds: ["${id}"] }) { totalCount complete sources { ${source} } }`,
  ]),
  `_entities(representations: [
    { __typename: "OpenAIProject", projectId: "${projectId(1, 0)}" }
    { __typename: "OpenAIProject", projectId: "proj_unknown" }
    { __typename: "AkamaiContract", contractId: "C-1S0" }
    { __typename: "OpenAICertificate", id: "${foreign().certificate}" }
  ]) { __typename }`,
]

/** Discovers the caller's places where they are, and reads no other place. */
const discover = async () => {
  const below = 'openAIOrganization(id: "org_scaled0") { projects { totalCount } } akamaiContract(id: "C-0S0") { id }'
  expect(await sides.limited(`{ ${below} }`)).toContain('"totalCount":2')
  expect(callsToHidden()).toEqual([])
}

const compare = async (question: string) => {
  const answer = await sides.limited(`{ ${question} }`)
  expect(`${question}: ${answer}`).toBe(`${question}: ${await sides.small(`{ ${question} }`)}`)
  return answer
}

describe('a hidden organization', () => {
  it('is not read for a caller whose places are all configured', async () => {
    await startFirst([])
    sides.stack.openai.emulator.fault({ match: hidden(), effect: 'hang' })
    for (const field of ['certificates', 'certificatePlaces']) {
      const answer = await sides.limited(`{ ${field} { totalCount complete sources { place { id } } } }`)
      expect(answer).toContain('"complete":true')
      expect(answer).not.toContain(foreign().organization)
    }
    expect(callsToHidden()).toEqual([])
  })

  it('is not read for a caller whose places were discovered elsewhere, for any query', async () => {
    await startFirst([projectId(0, 0), projectId(0, 1), 'C-0S0'])
    await discover()
    sides.stack.openai.emulator.fault({ match: hidden(), effect: 'hang' })
    for (const question of questions()) await compare(question)
    // The same holds when everything is read again.
    sides.stack.clock.advance(86_400_000)
    for (const question of questions()) await compare(question)
    expect(callsToHidden()).toEqual([])
  })

  it('is not read for a project that the caller does not see', async () => {
    await startFirst(['nowhere'])
    sides.stack.openai.emulator.fault({ match: hidden(), effect: 'hang' })
    for (const id of ['proj_unknown', projectId(1, 0)]) {
      await compare(`openAIProject(id: "${id}") { id }`)
      await compare(`_entities(representations: [{ __typename: "OpenAIProject", projectId: "${id}" }]) { __typename }`)
    }
    expect(callsToHidden()).toEqual([])
  })

  it('is read while a place of the caller may be in it', async () => {
    await startFirst([projectId(1, 1)])
    const [known, looked] = [projectId(1, 1), projectId(1, 0)]
    const { data, errors } = JSON.parse(
      await sides.limited(
        `{ known: openAIProject(id: "${known}") { projectId } looked: openAIProject(id: "${looked}") { projectId } }`,
      ),
    )
    expect(data).toEqual({ known: { projectId: known }, looked: null })
    expect(errors).toBeUndefined()
    expect(callsToHidden()).toEqual([expect.stringContaining('/organization/projects?')])
  })
})

describe('the discovery of a hidden organization', () => {
  it('is not reported as failed to a caller whose places are known to be elsewhere', async () => {
    await startFirst([projectId(0, 0), projectId(0, 1), 'C-0S0'])
    sides.stack.openai.emulator.fault({ match: hidden(), effect: { status: 403, body: { error: 'No.' } } })
    await discover()
    for (const question of questions()) {
      const answer = await compare(question)
      for (const told of ['UPSTREAM_', '"complete":false']) expect(answer).not.toContain(told)
    }
  })

  it('that failed is reported as a missing place, and not by the name of the organization', async () => {
    await startFirst([projectId(1, 0)])
    sides.stack.openai.emulator.fault({ match: hidden(), effect: { status: 403, body: { error: 'No.' } } })
    const answer = await sides.limited(
      '{ certificates { complete incompleteReasons sources { kind status place { id } error { code } } } }',
    )
    expect(JSON.parse(answer).data.certificates).toMatchObject({
      complete: false,
      incompleteReasons: [
        `It is not known whether ${projectId(1, 0)} in the list of this key exists: not all places could be discovered`,
      ],
    })
    for (const hidden of [foreign().organization, 'org_scaled1', 'FAILED']) expect(answer).not.toContain(hidden)
  })
})
