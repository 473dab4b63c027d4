import { stringify } from 'csv-stringify/sync'
import { GraphQLBoolean } from 'graphql'
import { toDateTime } from '../schema/scalars.ts'
import type { ExportRow } from './export-row.ts'
import type { ExportFormat } from './format.ts'

type Cell = string | number | boolean | null

/** The columns in their order. New ones are added at the end. */
const columns: Readonly<Record<string, (row: ExportRow) => Cell>> = {
  id: ({ id }) => id,
  provider: ({ provider }) => provider,
  place: ({ place }) => place.label,
  placeVendorId: ({ place }) => place.vendorId,
  vendorId: ({ vendorId }) => vendorId,
  name: ({ name }) => name,
  owner: ({ owner }) => owner?.name ?? null,
  contact: ({ owner }) => owner?.contact ?? null,
  expiresAt: ({ expiresAt }) => toDateTime(expiresAt),
  daysUntilExpiry: ({ daysUntilExpiry }) => daysUntilExpiry,
  expiryStatus: ({ expiryStatus }) => expiryStatus,
  active: ({ active }) => active,
  validFrom: ({ validFrom }) => toDateTime(validFrom),
  createdAt: ({ createdAt }) => toDateTime(createdAt),
  subject: ({ x509 }) => x509.subject ?? null,
  issuer: ({ x509 }) => x509.issuer ?? null,
  serialNumber: ({ x509 }) => x509.serialNumber ?? null,
  sha256Fingerprint: ({ x509 }) => x509.sha256Fingerprint ?? null,
  keyAlgorithm: ({ x509 }) => x509.keyAlgorithm ?? null,
  keySize: ({ x509 }) => x509.keySize ?? null,
  signatureAlgorithm: ({ x509 }) => x509.signatureAlgorithm ?? null,
  subjectAltNames: ({ x509 }) => x509.subjectAltNames?.join(' ') ?? null,
  runbookUrl: ({ owner }) => owner?.runbookUrl ?? null,
  asOf: ({ asOf }) => toDateTime(asOf),
  stale: ({ stale }) => stale,
  parseIssues: ({ parseIssues }) => parseIssues.join('; '),
}

const cellsOf = Object.values(columns)

/** Characters that a line of RFC 4180 cannot have. */
const controlCharacters = /[^\P{Cc}\t\n\r]/gu

/**
 * What programs may calculate, and `escape_formulas` does not find because it looks at the first character alone: a line break;
 * a sign after characters that show nothing of their own, such as spaces, marks and fillers; and other characters that
 * compatibility normalization (NFKC) turns into a sign, or into the minus sign U+2212.
 */
const hiddenFormula =
  /^(?:\n|[\s\p{Z}\p{C}\p{M}\p{DI}\u2800\ufffd]+[=+\-@\uff0b\uff0d\uff1d\uff20]|[\s\p{Z}\p{C}\p{M}\p{DI}\u2800\ufffd]*[\u207a-\u207c\u208a-\u208c\u2212\u2a75\u2a76\ufb29\ufe62\ufe63\ufe66\ufe6b])/u

function toText(text: string): string {
  const printable = text.replace(controlCharacters, '\ufffd')
  return hiddenFormula.test(printable) ? `'${printable}` : printable
}

const options = {
  record_delimiter: '\r\n',
  // By default, a delimiter of one's own is the only line break that is quoted. Programs begin a row at each of them.
  quote_record_delimiter: true,
  escape_formulas: true,
  // Some programs remove spaces that are not within quotes.
  quoted_match: /^\s|\s$/,
  cast: { string: toText, boolean: String },
} as const

/** Comma-separated values (RFC 4180) in UTF-8. */
export const csv: ExportFormat = {
  contentType: 'text/csv; charset=utf-8; header=present',
  fileName: 'certificates.csv',
  parameters: {
    bom: { type: GraphQLBoolean, defaultValue: false },
    x509: { type: GraphQLBoolean, defaultValue: false },
  },
  async *write({ rows }, timeSlice, { bom }) {
    yield (bom ? '\ufeff' : '') + stringify([Object.keys(columns)], options)
    for await (const batch of rows(timeSlice)) {
      yield stringify(
        batch.map((row) => cellsOf.map((cell) => cell(row))),
        options,
      )
    }
  },
}
