/** The directives of Apollo Federation that this schema uses. A type alias: Pothos expects an index signature. */
export type FederationDirectives = {
  key: { locations: 'OBJECT' | 'INTERFACE'; args: { fields: string } }
  link: { locations: 'SCHEMA'; args: { url: string; import: readonly string[] } }
  requiresScopes: { locations: 'FIELD_DEFINITION'; args: { scopes: readonly (readonly string[])[] } }
  shareable: { locations: 'OBJECT'; args: Record<string, never> }
  tag: { locations: 'FIELD_DEFINITION'; args: { name: string } }
}

/** The oldest version with `@requiresScopes`, so that older composers accept it too. */
export const federationLink = {
  url: 'https://specs.apollo.dev/federation/v2.5',
  import: ['@key', '@requiresScopes', '@shareable', '@tag'],
}
