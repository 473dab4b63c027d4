import type { ImplementableObjectRef, InterfaceRef } from '@pothos/core'
import { toGlobalId } from '../providers/global-id.ts'
import type { Place, Source, sourceStatuses } from '../providers/place.ts'
import type { VendorDescription } from '../providers/vendor-description.ts'
import type { ReadingFailure, UpstreamErrorDetails } from '../upstream/error.ts'
import type { Builder, Types } from './builder.ts'
import { prices } from './cost/prices.ts'
import { toDateTime } from './scalars.ts'

interface SourceRefs {
  readonly CertificatePlace: InterfaceRef<Types, Place>
  readonly CertificateSource: ImplementableObjectRef<Types, Source>
}

interface SourceError extends UpstreamErrorDetails {
  readonly code: string
  readonly message: string
}

/** The report on reading a place, with the types of its fields. */
export function registerSource(
  builder: Builder,
  { CertificatePlace, CertificateSource }: SourceRefs,
  vendors: readonly VendorDescription[],
): void {
  const SourceStatus = builder.enumType('SourceStatus', {
    description: 'The result of a reading.',
    values: {
      FAILED: { description: 'Nothing could be read: see `error`.' },
      OK: { description: 'Read now, or recently enough.' },
      STALE: {
        description:
          'The last known data; it could not be read again, or has not been read since certgraph was started: see `error`.',
      },
    } satisfies Record<(typeof sourceStatuses)[number], { description: string }>,
  })
  const kinds: Record<string, { readonly description: string }> = {
    CERTIFICATES: { description: 'The certificates.' },
    DISCOVERY: { description: 'The list of the places below it: projects or contracts.' },
  }
  for (const { sourceKinds } of vendors) Object.assign(kinds, sourceKinds)
  const SourceKind = builder.enumType('SourceKind', { description: 'What was read of a place.', values: kinds })
  const CertificateSourceError = builder.objectRef<SourceError>('CertificateSourceError')
  CertificateSourceError.implement({
    description: 'Why a place could not be read.',
    fields: (t) => ({
      code: t.exposeString('code', {
        description: 'The error code, `UPSTREAM_…`.',
      }),
      message: t.exposeString('message', { description: 'The call that failed, and the vendor’s answer.' }),
      httpStatus: t.exposeInt('httpStatus', {
        nullable: true,
        description: 'HTTP status of the vendor’s answer. Null without an answer.',
      }),
      retryAfterSeconds: t.int({
        nullable: true,
        description: 'Seconds until the next attempt makes sense. Null when unknown.',
        resolve: ({ retryAfterSeconds = null }, _args, operation) => {
          // It counts down.
          if (retryAfterSeconds !== null) operation.basis?.outdate()
          return retryAfterSeconds
        },
      }),
    }),
  })
  CertificateSource.implement({
    description: 'The report on reading one place. It shows how far an answer can be trusted.',
    fields: (t) => ({
      id: t.id({
        constant: true,
        description: 'Made of `place` and `kind`, so that client caches can merge reports. Not an id for `node`.',
        resolve: ({ place, kind }) => toGlobalId('CertificateSource', kind, place.id),
      }),
      place: t.field({
        ...prices.included,
        type: CertificatePlace,
        constant: true,
        description: 'The place.',
        resolve: ({ place }) => place,
      }),
      kind: t.field({ type: SourceKind, constant: true, description: 'What was read.', resolve: ({ kind }) => kind }),
      status: t.field({
        type: SourceStatus,
        constant: true,
        description: 'The result.',
        resolve: ({ status }) => status,
      }),
      asOf: t.field({
        type: 'DateTime',
        nullable: true,
        constant: true,
        description: 'When it was read from the vendor. Null when nothing was.',
        resolve: ({ asOf }) => toDateTime(asOf),
      }),
      certificateCount: t.exposeInt('certificateCount', {
        nullable: true,
        description:
          'Certificates read, before any filter. Null after a failure and for other kinds than CERTIFICATES.',
      }),
      unreadableRows: t.exposeInt('unreadableRows', {
        description:
          'Rows that are not objects, have no id, or repeat the id of another row. Above 0, the list is incomplete.',
      }),
      error: t.field({
        type: CertificateSourceError,
        nullable: true,
        constant: true,
        description: 'Why it could not be read, or not be read again. Null on success.',
        resolve: ({ error }) => error && toSourceError(error),
      }),
    }),
  })
}

/** A plain object: a resolver that returns an Error makes its field fail. */
function toSourceError({ code, message, details }: ReadingFailure): SourceError {
  return { code, message, ...details }
}
