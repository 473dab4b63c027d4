import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import {
  issueAuthority,
  organizationId,
  readCertificates,
  startWriting,
  type Writing,
} from '../../../support/mutations.ts'
import { findOnly } from '../../../support/rewriting.ts'

let writing: Writing
beforeAll(async () => {
  writing = await startWriting()
})
beforeEach(() => writing.reset())
afterAll(() => writing.close())

const certificates = () => readCertificates(writing.stack)

interface ProjectAnswer {
  readonly openAIProject: {
    readonly certificates: {
      readonly edges: readonly { readonly active: boolean; readonly node: { readonly certificateId: string } }[]
    }
  }
}

/** The project's own flag in the API. */
async function activeInProject(projectId: string, certificateId: string): Promise<boolean | undefined> {
  const { data } = await writing.stack.ask<ProjectAnswer>(
    `{ openAIProject(id: "${projectId}") { certificates(first: 100) { edges { active node { certificateId } } } } }`,
  )
  return data.openAIProject.certificates.edges.find(({ node }) => node.certificateId === certificateId)?.active
}

describe('a mutation of OpenAI’s certificates', () => {
  it('uploads a certificate, which the next list has and which is not active', async () => {
    const before = await certificates()
    const content = await issueAuthority(writing.stack.clock.now())
    const { certificate, ...result } = await writing.mutate('upload', { content, name: 'New clients' })
    expect(result).toEqual({ __typename: 'UploadOpenAICertificateSuccess', dryRun: false })
    expect(certificate).toMatchObject({ name: 'New clients', active: false })

    const [sent] = writing.writes()
    expect(sent).toMatchObject({ method: 'POST', path: '/v1/organization/certificates' })
    expect(JSON.parse(sent?.body ?? '')).toEqual({ name: 'New clients', certificate: content })
    const after = await certificates()
    expect(after.size).toBe(before.size + 1)
    expect(after.get(certificate?.certificateId ?? '')).toEqual(certificate)
  })

  it('uploads PEM on a single line with text around it as PEM in lines', async () => {
    const content = await issueAuthority(writing.stack.clock.now())
    const oneLine = `subject=CN=New Client CA\n${content.replaceAll('\n', ' ')}\nthe end`
    expect(await writing.mutate('upload', { content: oneLine })).toMatchObject({ certificate: { name: null } })
    expect(JSON.parse(writing.writes()[0]?.body ?? '')).toEqual({ certificate: content })
  })

  it('renames a certificate', async () => {
    await certificates()
    const certificateId = writing.idOf('Load tests')
    expect(await writing.mutate('rename', { certificateId, name: 'Load tests, old' })).toMatchObject({
      __typename: 'RenameOpenAICertificateSuccess',
      certificate: { certificateId, name: 'Load tests, old', active: false },
      dryRun: false,
    })
    expect((await certificates()).get(certificateId)?.name).toBe('Load tests, old')
  })

  it('deletes a certificate that is not active', async () => {
    const certificateId = writing.idOf('Load tests')
    const { id } = (await certificates()).get(certificateId) ?? {}
    expect(await writing.mutate('delete', { certificateId })).toEqual({
      __typename: 'DeleteOpenAICertificateSuccess',
      deletedId: id,
      certificateId,
      dryRun: false,
    })
    expect((await certificates()).has(certificateId)).toBe(false)
    const { data, errors } = await writing.stack.ask<{ node: object | null }>(`{ node(id: "${id}") { id } }`)
    expect([data.node, errors]).toEqual([null, undefined])
  })

  it('activates certificates for the organization with one call and returns them in the order of the input', async () => {
    await certificates()
    const names = ['Load tests', 'Gateway clients, next generation', 'Archive export']
    const certificateIds = names.map(writing.idOf)
    const { certificates: activated, ...result } = await writing.mutate('activate', { certificateIds })
    expect(result).toEqual({ __typename: 'ActivateOpenAICertificatesSuccess', dryRun: false })
    expect(activated?.map(({ name, active }) => [name, active])).toEqual(names.map((name) => [name, true]))
    expect(writing.writes().map(({ path, body }) => [path, JSON.parse(body)])).toEqual([
      ['/v1/organization/certificates/activate', { certificate_ids: certificateIds }],
    ])
    const after = await certificates()
    for (const id of certificateIds) expect(after.get(id)?.active).toBe(true)
  })

  it('deactivates a certificate for the organization, as the next list shows', async () => {
    const certificateId = writing.idOf('Batch workers')
    expect((await certificates()).get(certificateId)?.active).toBe(true)
    expect(await writing.mutate('deactivate', { certificateIds: [certificateId] })).toMatchObject({
      __typename: 'DeactivateOpenAICertificatesSuccess',
      certificates: [{ certificateId, active: false }],
    })
    expect((await certificates()).get(certificateId)?.active).toBe(false)
  })

  it('activates and deactivates in a project without changing the organization’s flag', async () => {
    const [projectId, certificateId] = [writing.projectIdOf('Label printing'), writing.idOf('Warehouse scanners')]
    expect(await activeInProject(projectId, certificateId)).toBe(false)
    const input = { projectId, certificateIds: [certificateId] }
    expect(await writing.mutate('activate', input)).toMatchObject({ certificates: [{ certificateId, active: false }] })
    expect(await activeInProject(projectId, certificateId)).toBe(true)
    expect((await certificates()).get(certificateId)?.active).toBe(false)

    expect(await writing.mutate('deactivate', input)).toMatchObject({ certificates: [{ certificateId }] })
    expect(await activeInProject(projectId, certificateId)).toBe(false)
    const path = `/v1/organization/projects/${projectId}/certificates`
    expect(writing.writes().map((call) => call.path)).toEqual([`${path}/activate`, `${path}/deactivate`])
  })

  it('accepts responses in the older format', async () => {
    writing.stack.openai.state.generation = '2025'
    const content = await issueAuthority(writing.stack.clock.now())
    const { certificate } = await writing.mutate('upload', { content, name: 'Older' })
    const certificateIds = [certificate?.certificateId]
    expect(await writing.mutate('activate', { certificateIds })).toMatchObject({ certificates: [{ active: true }] })
    expect(await writing.mutate('deactivate', { certificateIds })).toMatchObject({ certificates: [{ active: false }] })
  })

  it('shows in the fields of its own result and to the next mutation of the document', async () => {
    const certificateId = writing.idOf('Load tests')
    const { data, errors } = await writing.stack.ask<
      Record<
        'on' | 'off',
        { certificates: { organization: { certificates: { nodes: { certificateId: string; active: boolean }[] } } }[] }
      >
    >(
      `mutation ($on: ActivateOpenAICertificatesInput!, $off: DeactivateOpenAICertificatesInput!) {
        on: activateOpenAICertificates(input: $on) { ... on ActivateOpenAICertificatesSuccess { ...list } }
        off: deactivateOpenAICertificates(input: $off) { ... on DeactivateOpenAICertificatesSuccess { ...offList } }
      }
      fragment flags on OpenAICertificate { organization { certificates(first: 100) { nodes { certificateId active } } } }
      fragment list on ActivateOpenAICertificatesSuccess { certificates { ...flags } }
      fragment offList on DeactivateOpenAICertificatesSuccess { certificates { ...flags } }`,
      Object.fromEntries(['on', 'off'].map((verb) => [verb, { organizationId, certificateIds: [certificateId] }])),
    )
    expect(errors).toBeUndefined()
    const flag = ({ certificates: [first] }: (typeof data)['on']) =>
      findOnly(first?.organization.certificates.nodes ?? [], (each) => each.certificateId === certificateId).active
    expect([flag(data.on), flag(data.off)]).toEqual([true, false])
  })

  it('makes one call when it has no guard', async () => {
    const certificateIds = [writing.idOf('Load tests')]
    await writing.stack.ask(
      `mutation ($input: ActivateOpenAICertificatesInput!) { activateOpenAICertificates(input: $input) { __typename } }`,
      { input: { organizationId, certificateIds } },
    )
    expect(writing.stack.openai.emulator.calls).toHaveLength(1)
  })
})
