import type { Place, Source } from '../providers/place.ts'
import type { VendorDescription } from '../providers/vendor-description.ts'
import type { RateLimitStatus } from '../upstream/rate-limit/rate-limiter.ts'
import type { Builder } from './builder.ts'
import { prices } from './cost/prices.ts'
import type { Enums } from './enums.ts'
import { toDateTime } from './scalars.ts'
import { registerSource } from './source.ts'

/** The interface that every place implements, and the report on reading a place. */
export function registerPlace(builder: Builder, { CertificateProvider }: Enums, vendors: readonly VendorDescription[]) {
  const CertificatePlace = builder.interfaceRef<Place>('CertificatePlace')
  const CertificateSource = builder.objectRef<Source>('CertificateSource')
  const RateLimit = registerRateLimit(builder)
  registerSource(builder, { CertificatePlace, CertificateSource }, vendors)
  CertificatePlace.implement({
    description: 'A place that holds certificates, or an account that holds such places.',
    interfaces: [builder.nodeInterfaceRef()],
    fields: (t) => ({
      id: t.exposeID('id', { description: 'Global id, for `node` and `filter.placeIds`.' }),
      provider: t.field({
        type: CertificateProvider,
        constant: true,
        description: 'The vendor.',
        resolve: ({ provider }) => provider,
      }),
      vendorId: t.exposeID('vendorId', { description: 'The vendor’s own id.' }),
      name: t.exposeString('name', {
        nullable: true,
        description: 'The name in the configuration or at the vendor. Null if there is none.',
      }),
      label: t.string({
        constant: true,
        description: 'The text to show to people: `name`, otherwise `vendorId`.',
        resolve: ({ name, vendorId }) => name ?? vendorId,
      }),
      source: t.field({
        ...prices.found,
        type: CertificateSource,
        description:
          'The report on reading this place. Selecting it reads the place if nothing else in the operation does. A ' +
          'failure is reported here and not in `errors`.',
        resolve: (place, _args, operation) => place.source(operation),
      }),
      rateLimit: t.field({
        type: RateLimit,
        nullable: true,
        description:
          'The rate limit on reading this place. Makes no call. Null when the vendor publishes none, or the caller may ' +
          'not see the place.',
        resolve: (place, _args, operation) => place.rateLimit(operation),
      }),
      circuitOpen: t.boolean({
        description: 'Whether calls to its account are suspended after repeated failures. Makes no call.',
        resolve: (place, _args, operation) => place.circuitOpen(operation),
      }),
    }),
  })
  return { CertificatePlace, CertificateSource }
}

/** The state of a rate limit. */
function registerRateLimit(builder: Builder) {
  const RateLimit = builder.objectRef<RateLimitStatus>('RateLimit')
  RateLimit.implement({
    directives: { shareable: {} },
    description:
      'A rate limit of a vendor, counted over a sliding window. If several limits apply, the one with the fewest calls left.',
    fields: (t) => ({
      limit: t.int({
        description: 'Calls allowed per window.',
        resolve: ({ limit }) => limit.calls,
      }),
      remaining: t.exposeInt('remaining', { description: 'Calls that are possible now.' }),
      resetAt: t.field({
        type: 'DateTime',
        nullable: true,
        description: 'When `remaining` grows next. Null when it equals `limit`.',
        resolve: ({ resetAt }) => toDateTime(resetAt),
      }),
      waiting: t.exposeInt('waiting', { description: 'Calls in the queue.' }),
    }),
  })
  return RateLimit
}
