import type { Place, Source } from '../providers/place.ts'
import type { VendorDescription } from '../providers/vendor-description.ts'
import type { Builder } from './builder.ts'
import { prices } from './cost/cost.ts'
import type { Enums } from './enums.ts'
import { registerSource } from './source.ts'

/** The interface that every place implements, and the report on reading a place. */
export function registerPlace(builder: Builder, { CertificateProvider }: Enums, vendors: readonly VendorDescription[]) {
  const CertificatePlace = builder.interfaceRef<Place>('CertificatePlace')
  const CertificateSource = builder.objectRef<Source>('CertificateSource')
  registerSource(builder, { CertificatePlace, CertificateSource }, vendors)
  CertificatePlace.implement({
    description: 'A place that holds certificates, or an account that holds such places.',
    interfaces: [builder.nodeInterfaceRef()],
    fields: (t) => ({
      id: t.exposeID('id', { description: 'Global id, for `node` and `filter.placeIds`.' }),
      provider: t.field({
        type: CertificateProvider,
        description: 'The vendor.',
        resolve: ({ provider }) => provider,
      }),
      name: t.exposeString('name', {
        nullable: true,
        description: 'The name in the configuration or at the vendor. Null if there is none.',
      }),
      source: t.field({
        ...prices.found,
        type: CertificateSource,
        description:
          'The report on reading this place. Selecting it reads the place if nothing else in the operation does. A ' +
          'failure is reported here and not in `errors`.',
        resolve: (place, _args, operation) => place.source(operation),
      }),
    }),
  })
  return { CertificatePlace, CertificateSource }
}
