import type { InterfaceRef } from '@pothos/core'
import type { Place } from '../providers/place.ts'
import type { Source, sourceKinds, sourceStatuses } from '../providers/source.ts'
import { isVisible } from '../providers/visibility.ts'
import type { ReadingFailure, UpstreamErrorDetails } from '../upstream/error.ts'
import type { Builder, Types } from './builder.ts'
import { prices } from './cost/cost.ts'
import { toDate } from './date.ts'
import type { Enums } from './enums.ts'
import { registerRateLimitStatus } from './rate-budget.ts'

interface SourceError extends UpstreamErrorDetails {
  readonly code: string
  readonly message: string
}

/** The interface that every place implements, and the report on how its reading went. */
export function registerPlace(builder: Builder, { CertificateProvider }: Enums) {
  const CertificateScope = builder.interfaceRef<Place>('CertificateScope')
  const CertificateSource = builder.objectRef<Source>('CertificateSource')
  registerSource(builder, CertificateScope, CertificateSource)
  CertificateScope.implement({
    description: 'A place certificates live in, or an account that holds such places.',
    interfaces: [builder.nodeInterfaceRef()],
    fields: (t) => ({
      id: t.exposeID('id', { description: 'Global id, for `node` and for `filter.scopeIds`.' }),
      provider: t.field({
        type: CertificateProvider,
        description: 'The vendor it is at.',
        resolve: ({ provider }) => provider,
      }),
      name: t.exposeString('name', {
        nullable: true,
        description: 'The name in the configuration or at the vendor; null when it has none.',
      }),
      source: t.field({
        ...prices.found,
        type: CertificateSource,
        description:
          'How this operation’s reading of the place went. Reads the place if nothing else in the operation does; a ' +
          'failure is told here and is no error.',
        resolve: (place, _args, operation) => place.source(operation),
      }),
    }),
  })
  return { CertificateScope, CertificateSource }
}

function registerSource(
  builder: Builder,
  CertificateScope: InterfaceRef<Types, Place>,
  CertificateSource: ReturnType<typeof builder.objectRef<Source>>,
) {
  const SourceStatus = builder.enumType('SourceStatus', {
    description: 'How a reading went.',
    values: {
      FAILED: { description: 'There is nothing from this place; `error` says why.' },
      OK: { description: 'Read, or read so recently that the reading still serves.' },
      STALE: { description: 'What was last known; it could not be renewed, and `error` says why.' },
    } satisfies Record<(typeof sourceStatuses)[number], { description: string }>,
  })
  const SourceKind = builder.enumType('SourceKind', {
    description: 'What was read at a place.',
    values: {
      CERTIFICATES: { description: 'Its certificates.' },
      DISCOVERY: { description: 'The list of places below it: projects or contracts.' },
      ENROLLMENTS: {
        description: 'The enrollments of a contract, for what the list of active certificates does not tell.',
      },
    } satisfies Record<(typeof sourceKinds)[number], { description: string }>,
  })
  const RateBudget = registerRateLimitStatus(builder)
  const CertificateSourceError = builder.objectRef<SourceError>('CertificateSourceError')
  CertificateSourceError.implement({
    description: 'Why a place could not be read.',
    fields: (t) => ({
      code: t.exposeString('code', {
        description: 'The code that an error about this place would have: `UPSTREAM_…`.',
      }),
      message: t.exposeString('message', { description: 'For a person: what was asked and what came back.' }),
      httpStatus: t.exposeInt('httpStatus', {
        nullable: true,
        description: 'Status of the vendor’s answer; null when there was none.',
      }),
      retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
        nullable: true,
        description: 'Seconds until it is worth trying again; null when nobody said.',
      }),
    }),
  })
  CertificateSource.implement({
    description: 'How the reading of one place went: the measure of how far an answer can be trusted.',
    fields: (t) => ({
      scope: t.field({
        ...prices.eachPlace,
        type: CertificateScope,
        description: 'The place.',
        resolve: ({ place }) => place,
      }),
      kind: t.field({ type: SourceKind, description: 'What was read there.', resolve: ({ kind }) => kind }),
      status: t.field({ type: SourceStatus, description: 'How it went.', resolve: ({ status }) => status }),
      asOf: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When the vendor was read; null when nothing was.',
        resolve: ({ asOf }) => toDate(asOf),
      }),
      certificateCount: t.exposeInt('certificateCount', {
        nullable: true,
        description:
          'Certificates in the reading before any filter; null when it failed, and for any kind but CERTIFICATES.',
      }),
      unreadableRows: t.exposeInt('unreadableRows', {
        description: 'Rows that were no object or had no id. Above 0, the list is not complete.',
      }),
      error: t.field({
        type: CertificateSourceError,
        nullable: true,
        description: 'Why it failed, or why it could not be renewed; null when it went well.',
        resolve: ({ error }) => error && toSourceError(error),
      }),
      rateBudget: t.field({
        type: RateBudget,
        nullable: true,
        description: 'What is left of the calls that the vendor allows for this; null where it publishes no limit.',
        resolve: ({ place, kind }, _args, operation) =>
          isVisible(operation, place) ? place.rateLimitStatus(kind) : null,
      }),
    }),
  })
}

/** As data: a resolver that returns an Error has its field fail with it. */
function toSourceError({ code, message, details }: ReadingFailure): SourceError {
  return { code, message, ...details }
}
