/** An operation that costs as much work as the limits allow. */
export interface HostileQuery {
  readonly name: string
  /** The operation with its field this many times. */
  toText(count: number): string
  readonly variables?: object
}

const values = `__typename id provider name active createdAt validFrom expiresAt expiryStatus daysUntilExpiry
  lifetimeRemaining asOf stale parseIssues`
const place = '{ id provider vendorId name label circuitOpen rateLimit { limit remaining resetAt waiting } }'
const counts = `{ total byProvider { key count } byExpiryStatus { key count } byPlace { key { id label } count }
  byKeyAlgorithm { key count } byExpiryMonth { key count } duplicates { sha256Fingerprint } }`
const below = (first: number) =>
  `place { label ... on LivePersonAccount { certificates(first: ${first}) { nodes { id name } } }
    ... on AkamaiContract { certificates(first: ${first}) { nodes { id name } } } }`

/** Fields whose work grows with the data, each as often as the limits accept. */
export function toHostileQueries(ids: readonly string[]): readonly HostileQuery[] {
  const repeated = (name: string, toField: (index: number) => string): HostileQuery => ({
    name,
    toText: (count) => `{ ${Array.from({ length: count }, (_, index) => `a${index}: ${toField(index)}`).join(' ')} }`,
  })
  const list = (name: string, args: (index: number) => string, selection = '{ totalCount }') =>
    repeated(name, (index) => `certificates(${args(index)}) ${selection}`)
  return [
    list('nameContains', (index) => `first: 1, filter: { nameContains: "zz${index}" }`),
    list('search', (index) => `first: 1, filter: { search: "zz${index}" }`),
    list(
      'broad search',
      (index) => `last: 10, filter: { search: "e", expiresWithin: "P${9_000 + index}D" },
        orderBy: { field: NAME, direction: DESC }`,
      '{ totalCount pageInfo { hasPreviousPage } nodes { id } }',
    ),
    list('active and expiry', (index) => `first: 1, filter: { active: ${index % 2 === 0}, expiryStatuses: [EXPIRED] }`),
    list('expiringUncovered', (index) => `first: 1, filter: { expiringUncovered: "P${9_000 - index}D" }`),
    list('weaknesses', () => 'first: 100, filter: { weaknesses: [SHA1_SIGNATURE] }', '{ totalCount nodes { id } }'),
    list('subjectAltName', (index) => `first: 1, filter: { subjectAltName: "a${index}.zz.example" }`),
    repeated('statistics', () => `certificateStatistics ${counts}`),
    repeated('statistics by weakness', () => 'certificateStatistics { total byWeakness { key count } }'),
    list('a maximum age', () => 'first: 1, maxStaleness: "P1D"'),
    list('pages of 100', () => 'first: 100', `{ nodes { ${values} } edges { cursor node { id } } }`),
    list('pages with places', () => 'first: 100', `{ nodes { ${values} place ${place} } }`),
    list('reports', () => 'first: 1', '{ sources { id kind status asOf certificateCount unreadableRows } }'),
    list('reports with places', () => 'first: 1', `{ sources { id place ${place} } }`),
    list('reports and certificates', () => 'first: 1', `{ sources { ${below(1)} } }`),
    list('nested pages', () => 'first: 20', `{ nodes { ${below(20)} } }`),
    repeated('places', () => `certificatePlaces(first: 100) { totalCount nodes ${place} }`),
    {
      name: 'nodes',
      toText: (count) =>
        `query ($ids: [ID!]!) { ${Array.from(
          { length: count },
          (_, index) => `a${index}: nodes(ids: $ids) { id ... on Certificate { ${values} place ${place} } }`,
        ).join(' ')} }`,
      variables: { ids },
    },
    {
      name: 'entities',
      toText: (count) =>
        `query ($keys: [_Any!]!) { ${Array.from(
          { length: count },
          (_, index) =>
            `a${index}: _entities(representations: $keys) { ... on Certificate { id name place ${place} } }`,
        ).join(' ')} }`,
      variables: { keys: ids.map((id) => ({ __typename: 'Certificate', id })) },
    },
  ]
}
