import type { Builder, Types } from '../../schema/builder.ts'
import type { SchemaKit } from '../../schema/kit.ts'
import type { AkamaiClientMutualAuthentication, AkamaiNetworkConfiguration } from './enrollment-details.ts'
import type { AkamaiDeployment, akamaiNetworks, akamaiRoles } from './slots.ts'
import type { WirePendingChange } from './wire.ts'
import type { WireNetworkSettings } from './wire-network.ts'

/** What a deployment and an enrollment both tell of a network. */
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
      description: 'Served only to clients that send SNI.',
      resolve: ({ sniOnly }) => sniOnly,
    }),
    quicEnabled: t.boolean({
      nullable: true,
      description: 'Served over QUIC.',
      resolve: ({ quicEnabled }) => quicEnabled,
    }),
    ocspStapling: t.string({
      nullable: true,
      description: 'on, off or not-set.',
      resolve: ({ ocspStapling }) => ocspStapling,
    }),
    disallowedTlsVersions: t.stringList({
      nullable: true,
      description: 'TLS versions that are refused: TLSv1, TLSv1_1 and the like.',
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
      'How the certificates of an enrollment are to be served, possibly ahead of what is deployed. What is null the ' +
      'vendor did not say.',
    fields: (t) => ({
      ...networkFields(t),
      mustHaveCiphers: t.exposeString('mustHaveCiphers', {
        nullable: true,
        description: 'The profile of ciphers that it must have: ak-akamai-2020q1 and the like.',
      }),
      preferredCiphers: t.exposeString('preferredCiphers', {
        nullable: true,
        description: 'The profile of ciphers that it prefers.',
      }),
      dnsNames: t.exposeStringList('dnsNames', {
        nullable: true,
        description: 'Names it is to be served for, as the vendor spells them.',
      }),
      cloneDnsNames: t.exposeBoolean('cloneDnsNames', {
        nullable: true,
        description: 'Served for every name in the signing request.',
      }),
      clientMutualAuthentication: t.field({
        type: ClientMutualAuthentication,
        nullable: true,
        description: 'How clients prove who they are; null when they need not.',
        resolve: ({ clientMutualAuthentication }) => clientMutualAuthentication,
      }),
    }),
  })
  return NetworkConfiguration
}

function registerClientMutualAuthentication(builder: Builder) {
  const ref = builder.objectRef<AkamaiClientMutualAuthentication>('AkamaiClientMutualAuthentication')
  ref.implement({
    description: 'Clients have to show a certificate. What is null the vendor did not say.',
    fields: (t) => ({
      setId: t.exposeString('setId', {
        nullable: true,
        description: 'The vendor’s id of the set of certificates that theirs are checked against.',
      }),
      ocspEnabled: t.exposeBoolean('ocspEnabled', {
        nullable: true,
        description: 'Whether their certificates are checked by OCSP.',
      }),
      sendCaListToClient: t.exposeBoolean('sendCaListToClient', {
        nullable: true,
        description: 'Whether they are told which issuers are accepted.',
      }),
    }),
  })
  return ref
}

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
