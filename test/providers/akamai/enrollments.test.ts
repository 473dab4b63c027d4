import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { beyondEveryTtl } from '../../support/changing-places.ts'
import { findOnly, rewriteAnswers } from '../../support/rewriting.ts'
import { type Stack, startStack } from '../../support/stack.ts'

interface Enrollment {
  id: string
  enrollmentId: string
  certificateType: string | null
  commonName: string | null
  subjectAltNames: string[] | null
  pendingChanges: { changeType: string | null; location: string | null }[]
  deployedCertificates: { id: string; asOf: string; stale: boolean; keyAlgorithm: string }[]
  contract: { contractId: string }
}

interface Answer {
  akamaiContract: {
    enrollments: {
      totalCount: number
      nodes: Enrollment[]
      pageInfo: { hasNextPage: boolean; endCursor: string }
    } | null
    certificates: { nodes: { id: string; enrollment: { id: string } }[] } | null
    source: { status: string; certificateCount: number | null }
  }
}

const fields = `id enrollmentId certificateType commonName subjectAltNames
  pendingChanges { changeType location } deployedCertificates { id asOf stale keyAlgorithm } contract { contractId }`

let stack: Stack
beforeEach(async () => {
  stack = await startStack()
})
afterEach(() => stack.close())

const read = (args = '(first: 100)') =>
  stack.ask<Answer>(`{ akamaiContract(id: "C-1BQ7FR8") {
    enrollments${args} { totalCount nodes { ${fields} } pageInfo { hasNextPage endCursor } }
    certificates(first: 100) { nodes { id enrollment { id } } }
    source { status certificateCount }
  } }`)

async function enrollments(): Promise<Enrollment[]> {
  const { data, errors } = await read()
  expect(errors).toBeUndefined()
  return data.akamaiContract.enrollments?.nodes ?? []
}

const readByName = async (name: string) => findOnly(await enrollments(), ({ commonName }) => commonName === name)

describe('the enrollments of a contract', () => {
  it('are listed in numerical order from one call, including those without deployments', async () => {
    const nodes = await enrollments()
    expect(nodes.map(({ enrollmentId }) => Number(enrollmentId))).toEqual(
      Array.from({ length: 12 }, (_, index) => 204_118 + 7 * index),
    )
    expect(
      nodes.filter(({ deployedCertificates }) => deployedCertificates.length === 0).map(({ commonName }) => commonName),
    ).toEqual(['depots.bluequay.example'])
    expect(stack.callsTo('/cps/')).toHaveLength(1)
  })

  it('are ordered as numbers of any length', async () => {
    rewriteAnswers<{ enrollments: object[] }>(stack.akamai.emulator, '/active-certificates', () => ({
      enrollments: [{ id: 1000 }, { id: '99' }, { id: 999 }, { id: 100 }],
    }))
    expect((await enrollments()).map(({ enrollmentId }) => enrollmentId)).toEqual(['99', '100', '999', '1000'])
  })

  it('are paged as a connection', async () => {
    const all = (await enrollments()).map(({ id }) => id)
    const seen: string[] = []
    for (let after = '', more = true; more; ) {
      const { data } = await read(`(first: 5${after})`)
      const page = data.akamaiContract.enrollments
      seen.push(...(page?.nodes.map(({ id }) => id) ?? []))
      after = `, after: "${page?.pageInfo.endCursor}"`
      more = page?.pageInfo.hasNextPage ?? false
      expect(page?.totalCount).toBe(12)
    }
    expect(seen).toEqual(all)
  })

  it('have the deployed certificates of the contract', async () => {
    const { data } = await read()
    const { enrollments, certificates } = data.akamaiContract
    const underEnrollments =
      enrollments?.nodes.flatMap(({ id, deployedCertificates }) => deployedCertificates.map((each) => [each.id, id])) ??
      []
    const listed = certificates?.nodes.map((each) => [each.id, each.enrollment.id]) ?? []
    expect(underEnrollments.toSorted()).toEqual(listed.toSorted())
    expect(underEnrollments).toHaveLength(data.akamaiContract.source.certificateCount ?? 0)
  })

  it('are null with one error when the vendor fails', async () => {
    stack.akamai.emulator.fault({ match: ({ path }) => path.startsWith('/cps/'), effect: { status: 403 } })
    const { data, errors } = await read()
    expect(data.akamaiContract).toEqual({
      enrollments: null,
      certificates: null,
      source: { status: 'FAILED', certificateCount: null },
    })
    expect(errors?.map(({ path }) => path?.at(-1))).toEqual(['enrollments', 'certificates'])
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_FORBIDDEN', provider: 'AKAMAI', httpStatus: 403 })
  })
})

describe('an enrollment', () => {
  it('has its signing request and its pending changes', async () => {
    expect(await readByName('*.customs.bluequay.example')).toMatchObject({
      certificateType: 'wildcard-san',
      subjectAltNames: ['customs.bluequay.example', '*.customs.bluequay.example'],
      pendingChanges: [
        { changeType: 'renewal', location: expect.stringMatching(/^\/cps\/v2\/enrollments\/\d+\/changes\/\d+$/) },
      ],
      contract: { contractId: 'C-1BQ7FR8' },
    })
    expect((await readByName('www.bluequay.example')).pendingChanges).toEqual([])
  })

  it('has several certificates when it is multi-stacked, each with the age of the reading', async () => {
    const { deployedCertificates } = await readByName('track.bluequay.example')
    expect(deployedCertificates.map(({ keyAlgorithm }) => keyAlgorithm)).toEqual(['RSA', 'ECDSA'])
    expect(deployedCertificates).toMatchObject(
      deployedCertificates.map(() => ({ asOf: '2030-01-01T00:00:00.000Z', stale: false })),
    )
  })

  it('is a node, and null when its row is gone', async () => {
    const enrollment = await readByName('depots.bluequay.example')
    const ask = () =>
      stack.ask<{ node: Enrollment | null }>(
        `query ($id: ID!) { node(id: $id) { ... on AkamaiEnrollment { ${fields} } } }`,
        { id: enrollment.id },
      )
    expect((await ask()).data.node).toEqual(enrollment)
    rewriteAnswers(stack.akamai.emulator, '/active-certificates', () => ({ enrollments: [] }))
    stack.clock.advance(beyondEveryTtl)
    expect(await ask()).toEqual({ data: { node: null } })
  })

  it('is not a certificate, so that the certificate field rejects its id', async () => {
    const { id } = await readByName('depots.bluequay.example')
    const { errors } = await stack.ask('query ($id: ID!) { certificate(id: $id) { id } }', { id })
    expect(errors).toMatchObject([{ path: ['certificate'], extensions: { code: 'BAD_USER_INPUT' } }])
  })
})
