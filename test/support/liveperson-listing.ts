import { rewriteAnswers } from './rewriting.ts'
import type { Stack } from './stack.ts'

export interface Certificate {
  id: string
  certificateId: string
  name: string | null
  displayName: string | null
  active: boolean | null
  deleted: boolean | null
  vendorStatus: string | null
  expiresAt: string | null
  expiryStatus: string
  daysUntilExpiry: number | null
  parseIssues: string[]
}

interface Answer {
  livePersonAccount: {
    certificates: { totalCount: number; nodes: Certificate[] } | null
    source: { status: string; certificateCount: number | null; unreadableRows: number; error: { code: string } | null }
  }
  certificates: { totalCount: number; complete: boolean }
}

/** The account that is configured with a token. */
export const account = 'le4830275'

/** Reads that account, and the list of all LivePerson certificates. */
export async function readAccount(stack: Stack, includeDeleted = false) {
  const { data, errors } = await stack.ask<Answer>(
    `query ($includeDeleted: Boolean!) {
      livePersonAccount(id: "${account}") {
        certificates(first: 100, includeDeleted: $includeDeleted) { totalCount nodes {
          id certificateId name displayName active deleted vendorStatus expiresAt expiryStatus daysUntilExpiry parseIssues
        } }
        source { status certificateCount unreadableRows error { code } }
      }
      certificates(filter: { providers: [LIVEPERSON], includeDeleted: $includeDeleted }) { totalCount complete }
    }`,
    { includeDeleted },
  )
  return { ...data.livePersonAccount, all: data.certificates, errors }
}

type Rows = readonly { id: number; name: string }[]

/** Changes the rows that the vendor lists for that account. */
export const patchRows = (stack: Stack, toRows: (rows: Rows) => unknown) =>
  rewriteAnswers(stack.liveperson.emulator, `/${account}/certificates`, toRows)

/** Changes the row of the certificate `bot-handover`. */
export const patchRow = (stack: Stack, member: object) =>
  patchRows(stack, (rows) => rows.map((row) => (row.name === 'bot-handover' ? { ...row, ...member } : row)))
