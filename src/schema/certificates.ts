import type { CertificateInputs } from './certificate-input.ts'
import { priceOfSearch, prices } from './cost/cost.ts'
import type { SchemaKit } from './kit.ts'
import type { registerPlace } from './place.ts'
import type { Search } from './search/find-certificates.ts'
import { searchCertificates } from './search/search.ts'

/** `Query.certificates`: every certificate of every place, as one list. */
export function registerCertificates(
  { builder, Certificate, listArguments: { orderBy, maxStaleness } }: SchemaKit,
  { CertificateFilter }: CertificateInputs,
  { CertificateSource }: ReturnType<typeof registerPlace>,
  search: Search,
): void {
  builder.queryField('certificates', (t) =>
    t.connection(
      {
        type: Certificate,
        nullable: true,
        description:
          'All certificates of all places, soonest expiry first, expired ones included, unknown expiry last. An OpenAI ' +
          'certificate is read from its organization’s list; projects are not read unless `filter.scopeIds` names them.',
        args: {
          filter: t.arg({ type: CertificateFilter, description: 'Which ones; all when left out.' }),
          orderBy: t.arg(orderBy),
          maxStaleness: t.arg(maxStaleness),
        },
        complexity: priceOfSearch,
        resolve: (_root, args, operation) => searchCertificates(search, operation, args),
      },
      {
        name: 'CertificateConnection',
        description: 'A page of certificates of many places, with the report on how reading them went.',
        fields: (f) => ({
          sources: f.field({
            ...prices.rows,
            type: [CertificateSource],
            description:
              'Every place and discovery that was asked, also those that failed; under `filter.expiringUncovered` also the ' +
              'enrollments.',
            resolve: ({ sources }) => sources,
          }),
          complete: f.boolean({
            description:
              'No place or discovery failed, no row was lost, and every certificate could be held against the filter, on ' +
              'this page or on those its cursor came through. An empty list is good news only when this and `fresh` are ' +
              'true.',
            resolve: ({ complete }) => complete,
          }),
          fresh: f.boolean({
            description: 'No source is STALE.',
            resolve: ({ sources }) => sources.every(({ status }) => status !== 'STALE'),
          }),
        }),
      },
      { name: 'CertificateEdge', description: 'A certificate in a list.' },
    ),
  )
}
