import graphql from '@graphql-eslint/eslint-plugin'

// Rules of graphql-eslint for the printed schema. Biome checks the code.
export default [
  {
    files: ['schema.graphql'],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema: './schema.graphql' } } },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      ...graphql.configs['flat/schema-relay'].rules,
      '@graphql-eslint/relay-edge-types': [
        'error',
        // Connections have `nodes` beside `edges`, as at GitHub, and short lists such as `deployments` are not paged. A change is a
        // record of the history, which `node` does not return.
        { withEdgeSuffix: true, shouldImplementNode: false, listTypeCanWrapOnlyEdgeType: false },
      ],
      '@graphql-eslint/strict-id-in-types': [
        'error',
        {
          acceptedIdNames: ['id'],
          acceptedIdTypes: ['ID'],
          exceptions: {
            suffixes: [
              // Pages and rows of a list. Relay and Apollo Client keep them with their parent.
              'Connection',
              'Edge',
              // One line of the statistics, identified by what it counts.
              'Count',
              // Results of one mutation.
              'Success',
              'Error',
            ],
            types: [
              // The Relay specification gives it four fields.
              'PageInfo',
              // Values of the object that contains them. They have no identity of their own.
              'AkamaiAccountSwitchKey',
              'AkamaiClientMutualAuthentication',
              'AkamaiDeployment',
              'AkamaiNetworkConfiguration',
              'AkamaiPendingChange',
              'CertificateOwner',
              // Computed for the arguments of one field.
              'CertificateStatistics',
              'DuplicateCertificate',
              // The state of a limit at the time of the response.
              'RateLimit',
            ],
          },
        },
      ],
    },
  },
]
