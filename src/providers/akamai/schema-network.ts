import type { Builder, Types } from '../../schema/builder.ts'
import type { SchemaKit } from '../../schema/kit.ts'
import type { AkamaiClientMutualAuthentication, AkamaiNetworkConfiguration } from './enrollment-details.ts'
import type { AkamaiDeployment, akamaiNetworks, akamaiRoles } from './slots.ts'
import type { WirePendingChange } from './wire.ts'
import type { WireNetworkSettings } from './wire-network.ts'

/** The fields of a network that deployments and enrollments share. */
function networkFields<Parent extends WireNetworkSettings>(t: PothosSchemaTypes.ObjectFieldBuilder<Types, Parent>) {
  return {
    geography: t.string({
      nullable: true,
      description: 'core, china+core or russia+core.',
      resolve: ({ geography }) => geography,
    }),
    secureNetwork: t.string({
      nullable: true,
      description: 'enhanced-tls or standard-tls.',
      resolve: ({ secureNetwork }) => secureNetwork,
    }),
    sniOnly: t.boolean({
      nullable: true,
      description: 'Whether it is served only to clients that send SNI.',
      resolve: ({ sniOnly }) => sniOnly,
    }),
    quicEnabled: t.boolean({
      nullable: true,
      description: 'Whether it is served over QUIC.',
      resolve: ({ quicEnabled }) => quicEnabled,
    }),
    ocspStapling: t.string({
      nullable: true,
      description: 'on, off or not-set.',
      resolve: ({ ocspStapling }) => ocspStapling,
    }),
    disallowedTlsVersions: t.stringList({
      nullable: true,
      description: 'The TLS versions that are not accepted, such as TLSv1 and TLSv1_1.',
      resolve: ({ disallowedTlsVersions }) => disallowedTlsVersions,
    }),
  }
}

/** AkamaiNetworkConfiguration. */
export function registerNetworkConfiguration({ builder }: SchemaKit) {
  const ClientMutualAuthentication = registerClientMutualAuthentication(builder)
  const NetworkConfiguration = builder.objectRef<AkamaiNetworkConfiguration>('AkamaiNetworkConfiguration')
  NetworkConfiguration.implement({
    description:
      'How the certificates of an enrollment are to be served. It may differ from what is deployed. A field is ' +
      'null if Akamai does not return it.',
    fields: (t) => ({
      ...networkFields(t),
      mustHaveCiphers: t.exposeString('mustHaveCiphers', {
        nullable: true,
        description: 'The required cipher profile, such as ak-akamai-2020q1.',
      }),
      preferredCiphers: t.exposeString('preferredCiphers', {
        nullable: true,
        description: 'The preferred cipher profile.',
      }),
      dnsNames: t.exposeStringList('dnsNames', {
        nullable: true,
        description: 'The names to serve, as Akamai returns them.',
      }),
      cloneDnsNames: t.exposeBoolean('cloneDnsNames', {
        nullable: true,
        description: 'Whether the certificate is served for every name of its signing request.',
      }),
      clientMutualAuthentication: t.field({
        type: ClientMutualAuthentication,
        nullable: true,
        description: 'Mutual TLS. Null if it is off.',
        resolve: ({ clientMutualAuthentication }) => clientMutualAuthentication,
      }),
    }),
  })
  return NetworkConfiguration
}

function registerClientMutualAuthentication(builder: Builder) {
  const ref = builder.objectRef<AkamaiClientMutualAuthentication>('AkamaiClientMutualAuthentication')
  ref.implement({
    description: 'Mutual TLS: clients have to present a certificate. A field is null if Akamai does not return it.',
    fields: (t) => ({
      setId: t.exposeString('setId', {
        nullable: true,
        description: 'Akamai’s id of the set of CA certificates that client certificates are verified with.',
      }),
      ocspEnabled: t.exposeBoolean('ocspEnabled', {
        nullable: true,
        description: 'Whether client certificates are checked with OCSP.',
      }),
      sendCaListToClient: t.exposeBoolean('sendCaListToClient', {
        nullable: true,
        description: 'Whether the accepted issuers are sent to clients.',
      }),
    }),
  })
  return ref
}

/** AkamaiDeployment and its enums. */
export function registerDeployment({ builder }: SchemaKit) {
  const Network = builder.enumType('AkamaiNetwork', {
    description: 'A network of Akamai.',
    values: {
      PRODUCTION: { description: 'The network that serves the public.' },
      STAGING: { description: 'The network for tests.' },
    } satisfies Record<(typeof akamaiNetworks)[number], { description: string }>,
  })
  const Role = builder.enumType('AkamaiCertificateRole', {
    description: 'The role of a certificate in a deployment.',
    values: {
      MULTI_STACKED: { description: 'An additional certificate with another type of key.' },
      PRIMARY: { description: 'The main certificate.' },
    } satisfies Record<(typeof akamaiRoles)[number], { description: string }>,
  })
  const Deployment = builder.objectRef<AkamaiDeployment>('AkamaiDeployment')
  Deployment.implement({
    description:
      'A certificate on a network, with the configuration of the network. A field is null if Akamai does not ' +
      'return it.',
    fields: (t) => ({
      network: t.field({
        type: Network,
        constant: true,
        description: 'The network.',
        resolve: ({ network }) => network,
      }),
      role: t.field({ type: Role, constant: true, description: 'The role.', resolve: ({ role }) => role }),
      dnsNames: t.exposeStringList('dnsNames', { nullable: true, description: 'The names that it is served for.' }),
      ...networkFields(t),
    }),
  })
  return Deployment
}

/** AkamaiPendingChange. */
export function registerPendingChange({ builder }: SchemaKit) {
  const PendingChange = builder.objectRef<WirePendingChange>('AkamaiPendingChange')
  PendingChange.implement({
    description: 'A pending change of an enrollment.',
    fields: (t) => ({
      changeType: t.exposeString('changeType', {
        nullable: true,
        description: 'The type: new-certificate, modify-certificate, modify-san or renewal.',
      }),
      location: t.exposeString('location', { nullable: true, description: 'The path of the change in Akamai’s API.' }),
    }),
  })
  return PendingChange
}
