import type { ListedPlace } from '../../../src/providers/kit-place.ts'
import { definePlaceKind } from '../../../src/providers/place-kind.ts'
import { createPlaces } from '../../../src/providers/vendor-places.ts'
import type { UpstreamDependencies } from '../../../src/upstream/dependencies.ts'
import { type ExampleCertificate, toExampleCertificate } from './certificate.ts'
import { createExampleClient, type ExampleClient } from './client.ts'
import type { ExampleConfig } from './config.ts'
import { certificateShape } from './wire.ts'

export type ExampleAccount = ListedPlace<ExampleCertificate, ExampleClient>

export function createExamplePlaces({ accounts }: ExampleConfig, upstream: UpstreamDependencies) {
  const kind = upstream.kept.get(['kind'], () =>
    definePlaceKind(upstream, {
      provider: 'EXAMPLE',
      typename: 'ExampleAccount',
      key: 'accountId',
      noun: 'Example Registry account',
      resource: 'certificates',
      list: ({ client }: ExampleAccount, context) => client.listCertificates(context),
      shape: certificateShape,
      toCertificate: toExampleCertificate,
    }),
  )
  return createPlaces(upstream, {
    kind,
    certificate: 'ExampleCertificate',
    accounts: accounts.map((config) => ({
      vendorId: config.id,
      name: config.name,
      settings: { ...config, name: undefined },
      createClient: () => createExampleClient(config, upstream),
    })),
  })
}
