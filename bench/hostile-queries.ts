/** An operation that costs as much work as the limits allow. */
export interface HostileQuery {
  readonly name: string
  readonly query: string
  readonly variables?: object
}

const twenty = Array.from({ length: 20 }, (_, index) => index)
const twentyTimes = (field: (index: number) => string) =>
  `{ ${twenty.map((index) => `a${index}: ${field(index)}`).join(' ')} }`

const values = `__typename id provider name active createdAt validFrom expiresAt expiryStatus daysUntilExpiry
  lifetimeRemaining asOf stale parseIssues`
const place = '{ id provider vendorId name label circuitOpen rateLimit { limit remaining resetAt waiting } }'
const counts = `{ total byProvider { key count } byExpiryStatus { key count } byPlace { key { id label } count }
  byKeyAlgorithm { key count } byExpiryMonth { key count } duplicates { sha256Fingerprint certificates { id name } } }`

/** Candidates for the dearest operation. An operation that the limits reject costs nothing, and is no candidate. */
export function toHostileQueries(ids: readonly string[]): readonly HostileQuery[] {
  return [
    {
      name: 'nameContains, 20 aliases',
      query: twentyTimes((index) => `certificates(first: 1, filter: { nameContains: "zz${index}" }) { totalCount }`),
    },
    {
      name: 'search, 20 aliases',
      query: twentyTimes((index) => `certificates(first: 1, filter: { search: "zz${index}" }) { totalCount }`),
    },
    {
      name: 'search of every name, last page',
      query: twentyTimes(
        (index) =>
          `certificates(last: 10, filter: { search: "e", expiresWithin: "P${index + 9000}D" }, orderBy: { field: NAME, direction: DESC }) { totalCount pageInfo { hasPreviousPage } nodes { id } }`,
      ),
    },
    {
      name: 'active and expiry, 20 aliases',
      query: twentyTimes(
        (index) =>
          `certificates(first: 1, filter: { active: ${index % 2 === 0}, expiryStatuses: [EXPIRED] }) { totalCount }`,
      ),
    },
    { name: 'statistics, 20 aliases', query: twentyTimes(() => `certificateStatistics ${counts}`) },
    { name: 'statistics by weakness', query: '{ certificateStatistics { total byWeakness { key count } } }' },
    {
      name: 'expiring uncovered',
      query:
        '{ a: certificates(first: 1, filter: { expiringUncovered: "P9000D" }) { totalCount } b: certificates(first: 1, filter: { expiringUncovered: "P8000D" }) { totalCount } c: certificates(first: 1, filter: { expiringUncovered: "P7000D" }) { totalCount } d: certificates(first: 1, filter: { expiringUncovered: "P6000D" }) { totalCount } }',
    },
    {
      name: 'weaknesses',
      query:
        '{ certificates(first: 100, filter: { weaknesses: [SHA1_SIGNATURE, MD5_SIGNATURE] }) { totalCount nodes { id parseIssues } } }',
    },
    {
      name: 'subjectAltName',
      query:
        '{ certificates(first: 1, filter: { subjectAltName: "*.zz.example" }) { totalCount } b: certificates(first: 1, filter: { subjectAltName: "a.zz.example" }) { totalCount } }',
    },
    {
      name: 'pages of 100 with every value',
      query: twentyTimes(
        (index) =>
          `certificates(first: 100, orderBy: { field: NAME, direction: ${index % 2 ? 'ASC' : 'DESC'} }) { nodes { ${values} } edges { cursor node { id } } }`,
      ),
    },
    {
      name: 'pages of 100 with places',
      query: `{ certificates(first: 100) { nodes { ${values} place ${place} } edges { cursor node { ${values} place ${place} } } } }`,
    },
    {
      name: 'reports with certificates',
      query:
        '{ certificates(first: 100) { sources { place { label ... on LivePersonAccount { certificates(first: 3) { nodes { id name } } } ... on AkamaiContract { certificates(first: 3) { nodes { id name } } } } } } }',
    },
    {
      name: 'reports, 20 aliases',
      query: twentyTimes(
        () =>
          'certificates(first: 1) { sources { id kind status asOf certificateCount unreadableRows error { code message } } }',
      ),
    },
    {
      name: 'nodes of 100',
      query: `query ($ids: [ID!]!) { a: nodes(ids: $ids) { id ... on Certificate { ${values} place ${place} } } b: nodes(ids: $ids) { id ... on Certificate { ${values} } } }`,
      variables: { ids },
    },
    {
      name: 'places, 20 aliases',
      query: twentyTimes(() => `certificatePlaces(first: 100) { totalCount nodes ${place} }`),
    },
    {
      name: 'nested pages',
      query:
        '{ certificates(first: 10) { nodes { place { ... on LivePersonAccount { certificates(first: 20) { nodes { id name place { label } } } } ... on AkamaiContract { certificates(first: 20) { nodes { id name place { label } } } } } } } }',
    },
  ]
}
