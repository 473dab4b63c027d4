import { withNotes } from '../providers/vendor-description.ts'
import { describeCompleteness } from './completeness.ts'
import { prices } from './cost/prices.ts'
import type { SchemaKit } from './kit.ts'
import type { registerPlace } from './place.ts'
import type { Search } from './search/find-certificates.ts'
import { searchCertificates } from './search/search.ts'

/** `Query.certificates`: the certificates of all places as one list. */
export function registerCertificates(
  { builder, Certificate, listArguments: { filter, orderBy, maxStaleness } }: SchemaKit,
  { CertificateSource }: ReturnType<typeof registerPlace>,
  search: Search,
): void {
  builder.queryField('certificates', (t) =>
    t.connection(
      {
        type: Certificate,
        nullable: true,
        description: withNotes(
          'The certificates of all places, expired ones included. Default order: soonest expiry first, unknown expiry last.',
          search.vendors,
          'certificates',
        ),
        args: {
          filter: t.arg(filter),
          orderBy: t.arg(orderBy),
          maxStaleness: t.arg({
            ...maxStaleness,
            description:
              'Maximum age of the data. An older list is read again first, within the vendor’s rate limits and at most ' +
              'once in ten seconds unless configured otherwise; `PT0S` always requests a new reading. Certificates that cannot be ' +
              'read again are returned as `stale`. If an operation has several values for a place, the lowest applies. ' +
              'Default: the configured time to live.',
          }),
        },
        ...prices.search,
        resolve: (_root, args, operation) => searchCertificates(search, operation, args),
      },
      {
        name: 'CertificateConnection',
        description: 'A page of certificates, with a report on every place that was read.',
        fields: (f) => ({
          sources: f.field({
            ...prices.sources,
            type: [CertificateSource],
            description:
              'A report on each place and discovery, failed ones included. With `filter.expiringUncovered`, it includes the readings that were made to find replacements.',
            resolve: ({ report }) => report.sources,
          }),
          ...describeCompleteness(
            f,
            'Whether no source failed, no row was lost and every certificate could be tested against the filter, on ' +
              'this page and on the pages before it. Trust an empty list only when `complete` and `fresh` are true.',
          ),
          fresh: f.boolean({
            description: 'Whether no source is STALE.',
            resolve: ({ report }) => report.fresh,
          }),
        }),
      },
      { name: 'CertificateEdge', description: 'A certificate in a list.' },
    ),
  )
}
