import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type CsvRow, download, parseCsv } from '../support/exported.ts'
import { type Stack, startStack } from '../support/stack.ts'

const x509Fields = [
  'validFrom',
  'subject',
  'issuer',
  'serialNumber',
  'sha256Fingerprint',
  'keyAlgorithm',
  'keySize',
  'signatureAlgorithm',
  'subjectAltNames',
] as const

/** The members of a certificate that every list has. */
const query = `{ certificates(first: 100) { nodes {
  id provider name createdAt expiresAt daysUntilExpiry expiryStatus active asOf stale parseIssues
  place { id vendorId label } owner { name contact runbookUrl } ${x509Fields.join(' ')}
} } }`

type Node = Readonly<Record<string, unknown>> & { readonly id: string }

let stack: Stack
let nodes: readonly Node[]
let rows: readonly Node[]
let cells: readonly CsvRow[]
beforeAll(async () => {
  stack = await startStack({
    limits: false,
    configure: (file) => ({
      ...file,
      owners: [
        { match: { provider: 'AKAMAI' }, owner: 'web', contact: '#web', runbookUrl: 'https://runbooks.example' },
      ],
    }),
  })
  nodes = (await stack.ask<{ certificates: { nodes: Node[] } }>(query)).data.certificates.nodes
  rows = JSON.parse((await download(stack, 'certificates.json', { x509: 'true' })).text).certificates
  cells = parseCsv((await download(stack, 'certificates.csv', { x509: 'true' })).text)
})
afterAll(() => stack.close())

describe('a row of an export', () => {
  it('has the values that the API has, and of the X.509 fields those that were read', () => {
    expect(rows).toHaveLength(nodes.length)
    for (const [index, node] of nodes.entries()) {
      const { vendorId, deleted, ...row } = rows[index] ?? { id: '' }
      const read = Object.fromEntries(
        Object.entries(node).filter(
          ([name]) => !x509Fields.some((field) => field === name && (row[field] ?? null) === null),
        ),
      )
      expect(row).toMatchObject(read)
      expect(deleted).toBe(false)
      expect(Buffer.from(node.id, 'base64').toString()).toContain(String(vendorId).split('/')[0])
    }
  })

  it('identifies every certificate of OpenAI and Akamai with x509=true', () => {
    for (const { provider, serialNumber, sha256Fingerprint } of rows) {
      if (provider === 'LIVEPERSON') continue
      expect([serialNumber, sha256Fingerprint]).toEqual([expect.any(String), expect.any(String)])
    }
    expect(rows.some(({ provider }) => provider === 'OPENAI')).toBe(true)
  })

  it('has the same values as a line of the CSV file', () => {
    const text = (value: unknown) => (value === null || value === undefined ? '' : String(value))
    for (const [index, row] of rows.entries()) {
      const {
        place,
        owner,
        subjectAltNames,
        parseIssues,
        deleted: _,
        ...others
      } = row as Node & {
        place: { label: string; vendorId: string }
        owner: { name: string; contact: string; runbookUrl: string } | null
        subjectAltNames: readonly string[] | undefined
        parseIssues: readonly string[]
      }
      expect(cells[index]).toEqual({
        keySize: '',
        ...Object.fromEntries(Object.entries(others).map(([name, value]) => [name, text(value)])),
        ...Object.fromEntries(x509Fields.filter((field) => row[field] === undefined).map((field) => [field, ''])),
        place: place.label,
        placeVendorId: place.vendorId,
        owner: text(owner?.name),
        contact: owner ? owner.contact : '',
        runbookUrl: text(owner?.runbookUrl),
        subjectAltNames: subjectAltNames?.join(' ') ?? '',
        parseIssues: parseIssues.join('; '),
      })
    }
  })
})
