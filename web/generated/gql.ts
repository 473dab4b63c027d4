/* eslint-disable */
import * as types from './graphql.ts';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "query CertificateList($first: Int, $after: String, $last: Int, $before: String, $filter: CertificateFilter, $orderBy: CertificateOrder) {\n  certificates(\n    first: $first\n    after: $after\n    last: $last\n    before: $before\n    filter: $filter\n    orderBy: $orderBy\n  ) {\n    totalCount\n    complete\n    fresh\n    incompleteReasons\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n      startCursor\n      endCursor\n    }\n    nodes {\n      __typename\n      id\n      provider\n      name\n      active\n      asOf\n      stale\n      createdAt\n      expiresAt\n      expiryStatus\n      parseIssues\n      owner {\n        name\n        contact\n      }\n      place {\n        __typename\n        id\n        label\n      }\n      ... on LivePersonCertificate {\n        vendorStatus\n        deleted\n      }\n    }\n  }\n}": typeof types.CertificateListDocument,
    "query Coverage($first: Int, $after: String, $last: Int, $before: String, $filter: CertificateFilter, $orderBy: CertificateOrder) {\n  certificates(\n    first: $first\n    after: $after\n    last: $last\n    before: $before\n    filter: $filter\n    orderBy: $orderBy\n  ) {\n    complete\n    nodes {\n      id\n    }\n  }\n}": typeof types.CoverageDocument,
    "query Overview {\n  certificateStatistics {\n    total\n    complete\n    fresh\n    incompleteReasons\n    byExpiryStatus {\n      key\n      count\n    }\n    byExpiryMonth {\n      key\n      count\n    }\n    byProvider {\n      key\n      count\n    }\n    sources {\n      id\n      kind\n      status\n      asOf\n      unreadableRows\n      place {\n        __typename\n        id\n        provider\n        label\n      }\n      error {\n        code\n        message\n      }\n    }\n  }\n  lastExpired: certificates(\n    first: 1\n    filter: {expiryStatuses: [EXPIRED]}\n    orderBy: {field: EXPIRES_AT, direction: DESC}\n  ) {\n    nodes {\n      id\n      expiresAt\n    }\n  }\n  next: certificates(first: 6, filter: {expiryStatuses: [CRITICAL, WARNING]}) {\n    nodes {\n      id\n      provider\n      name\n      expiresAt\n      expiryStatus\n      owner {\n        name\n      }\n      place {\n        id\n        label\n      }\n    }\n  }\n  certificateChanges(first: 10) {\n    recordedSince\n    nodes {\n      id\n      kind\n      at\n      name\n      certificateId\n      expiryStatus\n      place {\n        id\n        provider\n        label\n      }\n    }\n  }\n}": typeof types.OverviewDocument,
    "query OwnerOptions {\n  certificateStatistics {\n    byOwner {\n      key {\n        name\n      }\n      count\n    }\n    byProvider {\n      key\n      count\n    }\n  }\n}": typeof types.OwnerOptionsDocument,
    "query PlaceOptions {\n  certificateStatistics {\n    byPlace {\n      key {\n        __typename\n        id\n        provider\n        label\n        vendorId\n      }\n      count\n    }\n  }\n}": typeof types.PlaceOptionsDocument,
    "query Uncovered($within: Duration!) {\n  certificateStatistics(filter: {expiringUncovered: $within}) {\n    total\n  }\n}": typeof types.UncoveredDocument,
    "query Unowned {\n  certificateStatistics(filter: {unowned: true}) {\n    total\n  }\n}": typeof types.UnownedDocument,
};
const documents: Documents = {
    "query CertificateList($first: Int, $after: String, $last: Int, $before: String, $filter: CertificateFilter, $orderBy: CertificateOrder) {\n  certificates(\n    first: $first\n    after: $after\n    last: $last\n    before: $before\n    filter: $filter\n    orderBy: $orderBy\n  ) {\n    totalCount\n    complete\n    fresh\n    incompleteReasons\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n      startCursor\n      endCursor\n    }\n    nodes {\n      __typename\n      id\n      provider\n      name\n      active\n      asOf\n      stale\n      createdAt\n      expiresAt\n      expiryStatus\n      parseIssues\n      owner {\n        name\n        contact\n      }\n      place {\n        __typename\n        id\n        label\n      }\n      ... on LivePersonCertificate {\n        vendorStatus\n        deleted\n      }\n    }\n  }\n}": types.CertificateListDocument,
    "query Coverage($first: Int, $after: String, $last: Int, $before: String, $filter: CertificateFilter, $orderBy: CertificateOrder) {\n  certificates(\n    first: $first\n    after: $after\n    last: $last\n    before: $before\n    filter: $filter\n    orderBy: $orderBy\n  ) {\n    complete\n    nodes {\n      id\n    }\n  }\n}": types.CoverageDocument,
    "query Overview {\n  certificateStatistics {\n    total\n    complete\n    fresh\n    incompleteReasons\n    byExpiryStatus {\n      key\n      count\n    }\n    byExpiryMonth {\n      key\n      count\n    }\n    byProvider {\n      key\n      count\n    }\n    sources {\n      id\n      kind\n      status\n      asOf\n      unreadableRows\n      place {\n        __typename\n        id\n        provider\n        label\n      }\n      error {\n        code\n        message\n      }\n    }\n  }\n  lastExpired: certificates(\n    first: 1\n    filter: {expiryStatuses: [EXPIRED]}\n    orderBy: {field: EXPIRES_AT, direction: DESC}\n  ) {\n    nodes {\n      id\n      expiresAt\n    }\n  }\n  next: certificates(first: 6, filter: {expiryStatuses: [CRITICAL, WARNING]}) {\n    nodes {\n      id\n      provider\n      name\n      expiresAt\n      expiryStatus\n      owner {\n        name\n      }\n      place {\n        id\n        label\n      }\n    }\n  }\n  certificateChanges(first: 10) {\n    recordedSince\n    nodes {\n      id\n      kind\n      at\n      name\n      certificateId\n      expiryStatus\n      place {\n        id\n        provider\n        label\n      }\n    }\n  }\n}": types.OverviewDocument,
    "query OwnerOptions {\n  certificateStatistics {\n    byOwner {\n      key {\n        name\n      }\n      count\n    }\n    byProvider {\n      key\n      count\n    }\n  }\n}": types.OwnerOptionsDocument,
    "query PlaceOptions {\n  certificateStatistics {\n    byPlace {\n      key {\n        __typename\n        id\n        provider\n        label\n        vendorId\n      }\n      count\n    }\n  }\n}": types.PlaceOptionsDocument,
    "query Uncovered($within: Duration!) {\n  certificateStatistics(filter: {expiringUncovered: $within}) {\n    total\n  }\n}": types.UncoveredDocument,
    "query Unowned {\n  certificateStatistics(filter: {unowned: true}) {\n    total\n  }\n}": types.UnownedDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query CertificateList($first: Int, $after: String, $last: Int, $before: String, $filter: CertificateFilter, $orderBy: CertificateOrder) {\n  certificates(\n    first: $first\n    after: $after\n    last: $last\n    before: $before\n    filter: $filter\n    orderBy: $orderBy\n  ) {\n    totalCount\n    complete\n    fresh\n    incompleteReasons\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n      startCursor\n      endCursor\n    }\n    nodes {\n      __typename\n      id\n      provider\n      name\n      active\n      asOf\n      stale\n      createdAt\n      expiresAt\n      expiryStatus\n      parseIssues\n      owner {\n        name\n        contact\n      }\n      place {\n        __typename\n        id\n        label\n      }\n      ... on LivePersonCertificate {\n        vendorStatus\n        deleted\n      }\n    }\n  }\n}"): typeof import('./graphql.ts').CertificateListDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Coverage($first: Int, $after: String, $last: Int, $before: String, $filter: CertificateFilter, $orderBy: CertificateOrder) {\n  certificates(\n    first: $first\n    after: $after\n    last: $last\n    before: $before\n    filter: $filter\n    orderBy: $orderBy\n  ) {\n    complete\n    nodes {\n      id\n    }\n  }\n}"): typeof import('./graphql.ts').CoverageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Overview {\n  certificateStatistics {\n    total\n    complete\n    fresh\n    incompleteReasons\n    byExpiryStatus {\n      key\n      count\n    }\n    byExpiryMonth {\n      key\n      count\n    }\n    byProvider {\n      key\n      count\n    }\n    sources {\n      id\n      kind\n      status\n      asOf\n      unreadableRows\n      place {\n        __typename\n        id\n        provider\n        label\n      }\n      error {\n        code\n        message\n      }\n    }\n  }\n  lastExpired: certificates(\n    first: 1\n    filter: {expiryStatuses: [EXPIRED]}\n    orderBy: {field: EXPIRES_AT, direction: DESC}\n  ) {\n    nodes {\n      id\n      expiresAt\n    }\n  }\n  next: certificates(first: 6, filter: {expiryStatuses: [CRITICAL, WARNING]}) {\n    nodes {\n      id\n      provider\n      name\n      expiresAt\n      expiryStatus\n      owner {\n        name\n      }\n      place {\n        id\n        label\n      }\n    }\n  }\n  certificateChanges(first: 10) {\n    recordedSince\n    nodes {\n      id\n      kind\n      at\n      name\n      certificateId\n      expiryStatus\n      place {\n        id\n        provider\n        label\n      }\n    }\n  }\n}"): typeof import('./graphql.ts').OverviewDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query OwnerOptions {\n  certificateStatistics {\n    byOwner {\n      key {\n        name\n      }\n      count\n    }\n    byProvider {\n      key\n      count\n    }\n  }\n}"): typeof import('./graphql.ts').OwnerOptionsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query PlaceOptions {\n  certificateStatistics {\n    byPlace {\n      key {\n        __typename\n        id\n        provider\n        label\n        vendorId\n      }\n      count\n    }\n  }\n}"): typeof import('./graphql.ts').PlaceOptionsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Uncovered($within: Duration!) {\n  certificateStatistics(filter: {expiringUncovered: $within}) {\n    total\n  }\n}"): typeof import('./graphql.ts').UncoveredDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Unowned {\n  certificateStatistics(filter: {unowned: true}) {\n    total\n  }\n}"): typeof import('./graphql.ts').UnownedDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
