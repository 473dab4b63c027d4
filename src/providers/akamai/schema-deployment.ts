import type { SchemaKit } from '../../schema/kit.ts'
import { networkFields } from './schema-network.ts'
import type { AkamaiDeployment, akamaiNetworks, akamaiRoles } from './slots.ts'
import type { WirePendingChange } from './wire.ts'

/** AkamaiDeployment and its enums. */
export function registerDeployment({ builder }: SchemaKit) {
  const Network = builder.enumType('AkamaiNetwork', {
    description: 'A network of Akamai’s.',
    values: {
      PRODUCTION: { description: 'Where the world is served from.' },
      STAGING: { description: 'Where configurations are tried.' },
    } satisfies Record<(typeof akamaiNetworks)[number], { description: string }>,
  })
  const Role = builder.enumType('AkamaiCertificateRole', {
    description: 'The slot of a deployment that a certificate stands in.',
    values: {
      MULTI_STACKED: { description: 'Beside the primary one, with another type of key.' },
      PRIMARY: { description: 'The certificate of the deployment.' },
    } satisfies Record<(typeof akamaiRoles)[number], { description: string }>,
  })
  const Deployment = builder.objectRef<AkamaiDeployment>('AkamaiDeployment')
  Deployment.implement({
    description: 'A certificate on a network, with that network’s configuration. What is null the vendor did not say.',
    fields: (t) => ({
      network: t.field({ type: Network, description: 'The network.', resolve: ({ network }) => network }),
      role: t.field({ type: Role, description: 'The slot it stands in.', resolve: ({ role }) => role }),
      dnsNames: t.exposeStringList('dnsNames', { nullable: true, description: 'Names it is served for.' }),
      ...networkFields(t),
    }),
  })
  return Deployment
}

/** AkamaiPendingChange. */
export function registerPendingChange({ builder }: SchemaKit) {
  const PendingChange = builder.objectRef<WirePendingChange>('AkamaiPendingChange')
  PendingChange.implement({
    description: 'A change of an enrollment that is under way.',
    fields: (t) => ({
      changeType: t.exposeString('changeType', {
        nullable: true,
        description: 'The vendor’s word: new-certificate, modify-certificate, modify-san or renewal.',
      }),
      location: t.exposeString('location', { nullable: true, description: 'Its path in the vendor’s API.' }),
    }),
  })
  return PendingChange
}
