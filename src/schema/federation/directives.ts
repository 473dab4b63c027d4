/** The directives of Apollo Federation that this schema uses. A type alias: Pothos expects an index signature. */
export type FederationDirectives = {
  key: { locations: 'OBJECT' | 'INTERFACE'; args: { fields: string } }
  link: { locations: 'SCHEMA'; args: { url: string; import: readonly string[] } }
  requiresScopes: { locations: 'FIELD_DEFINITION'; args: { scopes: readonly (readonly string[])[] } }
  shareable: { locations: 'OBJECT'; args: Record<string, never> }
  tag: { locations: 'FIELD_DEFINITION'; args: { name: string } }
}

/** Version 2.6 is read by every composer in use; `@requiresScopes` needs 2.5 and `@interfaceObject` 2.3. */
export const federationLink = {
  url: 'https://specs.apollo.dev/federation/v2.6',
  import: ['@key', '@requiresScopes', '@shareable', '@tag'],
}
