import { z } from 'zod'

const text = z.string()
const count = z.int().nonnegative()
const date = z.string().refine((value) => !Number.isNaN(Date.parse(value)), 'expected a date')

const certificate = z.object({
  id: text,
  provider: text,
  name: text.nullable(),
  expiresAt: date.nullable(),
  expiryStatus: z.enum(['CRITICAL', 'EXPIRED', 'OK', 'UNKNOWN', 'WARNING']),
  place: z.object({ id: text, vendorId: text, label: text }),
  /** By the rules of the configuration; null when none matches. */
  owner: z.object({ name: text }).nullable(),
})

const source = z.object({
  kind: text,
  status: z.enum(['FAILED', 'OK', 'STALE']),
  asOf: date.nullable(),
  unreadableRows: count,
  place: z.object({ id: text, provider: text, vendorId: text, label: text }),
  error: z.object({ code: text, message: text, httpStatus: z.int().nullable() }).nullable(),
})

const reported = {
  complete: z.boolean(),
  incompleteReasons: z.array(text),
  sources: z.array(source),
}

/** The answer to the operation for one page. */
export const certificatesPage = z.object({
  ...reported,
  nodes: z.array(certificate),
  pageInfo: z
    .object({ hasNextPage: z.boolean(), endCursor: text.nullable() })
    .refine(({ hasNextPage, endCursor }) => !hasNextPage || endCursor !== null, 'expected a cursor for the next page'),
})

/** The answer to the operation for the total. */
export const certificatesTotal = z.object({ ...reported, total: count })

/** A certificate as the operation selects it. */
export type CheckedCertificate = Readonly<z.infer<typeof certificate>>

/** The report on one reading. */
export type CheckedSource = Readonly<z.infer<typeof source>>
