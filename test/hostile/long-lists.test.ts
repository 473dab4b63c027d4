import { afterEach, describe, expect, it } from '@jest/globals'
import { toAkamaiCertificateList, toAkamaiEnrollment } from '../../src/providers/akamai/certificate.ts'
import { findDetails, toEnrollmentDetails, toEnrollmentList } from '../../src/providers/akamai/enrollment-details.ts'
import {
  enrollmentDetailsShape,
  enrollmentShape,
  parseContractIdentifiers,
  type WireEnrollment,
} from '../../src/providers/akamai/wire.ts'
import { parseDeployment } from '../../src/providers/akamai/wire-network.ts'
import { certificateShape as livePersonShape, parseBaseUri } from '../../src/providers/liveperson/wire.ts'
import { areLastActive } from '../../src/providers/openai/flags.ts'
import { certificateShape as openAIShape, parseToggled } from '../../src/providers/openai/wire.ts'
import { RowReader } from '../../src/providers/row-reader.ts'
import { parseRows } from '../../src/providers/shape.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'
import { completeRows } from '../../src/upstream/cache/reading.ts'
import { findExcess } from '../support/cpu-time.ts'
import { akamaiContractOf } from '../support/idle-places.ts'
import { firstOf, rewriteAnswers } from '../support/rewriting.ts'
import { type Stack, startStack } from '../support/stack.ts'

const listOf = <Value>(length: number, toValue: (index: number) => Value): Value[] =>
  Array.from({ length }, (_, index) => toValue(index))

const certificateOf = (index: number) => ({ serial: `0a${index}`, sha256Fingerprint: String(index).padStart(64, '0') })
const enrollmentsOf = (length: number, row: object) =>
  listOf(length, (id) => enrollmentShape.parse({ id, ...row })).filter((each) => each !== null)
const project = (index: number) => ({ certificateId: `cert_${index}`, listedActive: index === 0 })
const contract = akamaiContractOf()

/** An enrollment with more certificates than its parser accepts. */
function enrollmentWith(certificates: readonly object[]): WireEnrollment {
  const parsed = listOf(certificates.length / 100, (index) =>
    enrollmentShape.parse({
      id: 1,
      production: { multiStackedCertificates: certificates.slice(index * 100, index * 100 + 100) },
    }),
  ).filter((row) => row !== null)
  const row = firstOf(parsed)
  const multiStackedCertificates = parsed.flatMap(({ production }) => production.multiStackedCertificates)
  return { ...row, production: { ...row.production, multiStackedCertificates } }
}

const parsing = { toItem: (row: unknown) => row }

/** A function that takes a vendor's list, and the list. */
type Case = readonly [string, (length: number) => unknown, (list: never) => unknown]

function caseOf<List>(name: string, toList: (length: number) => List, run: (list: List) => unknown): Case {
  return [name, toList, run]
}

describe('the CPU time of long lists is linear:', () => {
  it.each([
    ...([enrollmentShape, enrollmentDetailsShape, livePersonShape, openAIShape] as const).map((shape, index) =>
      caseOf(
        `the rows of shape ${index}`,
        (length) => listOf(length, (id) => ({ id, name: 'a' })),
        (rows) => parseRows<{ readonly id: string }, unknown>(completeRows(rows), shape, parsing, endlessTimeSlice),
      ),
    ),
    caseOf(
      'the names of one row',
      (length) => listOf(length, (index) => `a${index}.example`),
      (sans) => enrollmentShape.parse({ id: 1, csr: { sans } }),
    ),
    caseOf(
      'the names of one row that are not text',
      (length) => listOf(length, (index) => index),
      (sans) => enrollmentShape.parse({ id: 1, csr: { sans } }),
    ),
    caseOf(
      'the pending changes of one row',
      (length) => listOf(length, () => 1),
      (pendingChanges) => enrollmentShape.parse({ id: 1, pendingChanges }),
    ),
    caseOf(
      'the certificates of one enrollment',
      (length) => enrollmentWith(listOf(length, certificateOf)),
      (row) => toAkamaiEnrollment(row, contract),
    ),
    caseOf(
      'the certificates of one enrollment, without fingerprints',
      (length) => enrollmentWith(listOf(length, (index) => ({ serial: `0a${index}` }))),
      (row) => toAkamaiEnrollment(row, contract),
    ),
    caseOf(
      'the certificates of a deployment',
      (length) => listOf(length, () => ({ certificate: 'PEM' })),
      (multiStackedCertificates) => parseDeployment({ multiStackedCertificates }),
    ),
    caseOf(
      'the enrollments of a contract, each looked up',
      (length) => enrollmentsOf(length / 10, {}),
      (rows) => {
        const enrollments = rows.map((row) => toAkamaiEnrollment(row, contract))
        const list = toAkamaiCertificateList(enrollments, 0)
        return list.enrollments.map(({ id }) => list.findEnrollment(id))
      },
    ),
    caseOf(
      'the details of enrollments, each looked up',
      (length) => listOf(length, (id) => enrollmentDetailsShape.parse({ id })).filter((row) => row !== null),
      (rows) => {
        const list = toEnrollmentList(rows, 0)
        return rows.map(({ id }) => findDetails(list, contract, id)) && rows.map(toEnrollmentDetails)
      },
    ),
    caseOf(
      'the toggled certificates of OpenAI',
      (length) => ({ data: listOf(length, (id) => ({ id: `cert_${id}`, active: true })), has_more: false }),
      (body) => parseToggled(body, ['cert_0', 'cert_1'], true),
    ),
    caseOf('the contracts of an account', (length) => listOf(length, String), parseContractIdentifiers),
    caseOf(
      'the services of LivePerson',
      (length) => ({ baseURIs: [...listOf(length, () => ({ service: 'a' })), { service: 'b', baseURI: 'c' }] }),
      (body) => parseBaseUri(body, 'b'),
    ),
    caseOf(
      'the flags in the list of an organization, for each of its projects',
      (length) => ({ rows: listOf(length / 10, project), projects: listOf(length / 100, () => [project(1)]) }),
      ({ rows, projects }) =>
        projects.map((own) =>
          areLastActive(
            ['cert_0'],
            [
              { rows: own, unreadableRows: 0 },
              { rows, unreadableRows: 0 },
            ],
          ),
        ),
    ),
  ])('%s', (_, toLists, run) => {
    const [short, long] = [toLists(10_000), toLists(100_000)] as [never, never]
    expect(
      findExcess(
        () => run(short),
        () => run(long),
      ),
    ).toBeNull()
  })
})

describe('a list of a row that is longer than the maximum', () => {
  it('is null with an issue that has its length and the maximum', () => {
    const row = new RowReader({
      texts: listOf(2_001, String),
      objects: listOf(101, () => ({})),
      longest: listOf(2_000, String),
      most: listOf(100, () => ({})),
    })
    expect([row.texts('texts'), row.objects('objects')]).toEqual([null, null])
    expect(row.texts('longest')).toHaveLength(2_000)
    expect(row.objects('most')).toHaveLength(100)
    expect(row.issues).toEqual([
      'texts: expected at most 2000 values, found 2001',
      'objects: expected at most 100 values, found 101',
    ])
  })
})

describe('the issues of a row', () => {
  it('are at most 20, and the number of the others', () => {
    const row = new RowReader({ list: listOf(100, () => 1) })
    row.objects('list')
    expect(row.issues).toHaveLength(21)
    expect(row.issues[0]).toBe('list[0]: expected an object')
    expect(row.issues.at(-1)).toBe('… and 80 more')
  })
})

interface Answer {
  readonly akamaiContract: {
    readonly certificates: { readonly nodes: readonly Node[] }
    readonly source: { readonly unreadableRows: number }
  }
}

interface Node {
  readonly subjectAltNames: readonly string[] | null
  readonly parseIssues: readonly string[]
  readonly deployments: readonly { readonly dnsNames: readonly string[] | null }[]
}

interface Row {
  readonly csr: object
  readonly production: object
}

let stack: Stack | undefined
afterEach(() => stack?.close())

/** Reads a contract with the rows that are made from the first one. */
async function readRows(toRows: (row: Row) => readonly unknown[]): Promise<Answer> {
  stack = await startStack()
  rewriteAnswers<{ enrollments: Row[] }>(stack.akamai.emulator, '/active-certificates', ({ enrollments }) => ({
    enrollments: toRows(firstOf(enrollments)),
  }))
  const { data } = await stack.ask<Answer>(`{
    akamaiContract(id: "C-1BQ7FR8") {
      certificates { nodes { subjectAltNames parseIssues ... on AkamaiCertificate { deployments { dnsNames } } } }
      source { unreadableRows }
    }
  }`)
  return data
}

describe('an enrollment of Akamai with long lists', () => {
  it('has null for the names, and the issues say why', async () => {
    const names = listOf(50_000, (index) => `a${index}.example`)
    const { akamaiContract } = await readRows((row) => [
      { ...row, csr: { ...row.csr, sans: names }, pendingChanges: listOf(50_000, () => 1) },
    ])
    const node = firstOf([...akamaiContract.certificates.nodes])
    expect(node.subjectAltNames).toBeNull()
    expect(node.parseIssues).toEqual([
      'csr.sans: expected at most 2000 values, found 50000',
      'pendingChanges: expected at most 100 values, found 50000',
    ])
  })

  it('counts too many certificates of a network as unreadable, and keeps the others', async () => {
    const { akamaiContract } = await readRows((row) => [
      { ...row, production: { ...row.production, multiStackedCertificates: listOf(20_000, certificateOf) } },
    ])
    const { certificates, source } = akamaiContract
    expect(certificates.nodes.length).toBeGreaterThan(0)
    expect(source).toEqual({ unreadableRows: 20_000 })
    expect(firstOf([...certificates.nodes]).parseIssues).toEqual([
      'production.multiStackedCertificates: expected at most 100 values, found 20000',
    ])
  })
})
