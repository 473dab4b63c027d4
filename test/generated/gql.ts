/* eslint-disable */
import * as types from './graphql.ts';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

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
    "query Certificates($first: Int, $after: String, $last: Int, $before: String, $filter: CertificateFilter, $orderBy: CertificateOrder) {\n  certificates(\n    first: $first\n    after: $after\n    last: $last\n    before: $before\n    filter: $filter\n    orderBy: $orderBy\n  ) {\n    totalCount\n    complete\n    fresh\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n      startCursor\n      endCursor\n    }\n    sources {\n      kind\n      status\n      certificateCount\n      unreadableRows\n      place {\n        __typename\n        id\n        name\n      }\n      error {\n        code\n        message\n        httpStatus\n        retryAfterSeconds\n      }\n    }\n    nodes {\n      __typename\n      id\n      provider\n      name\n      active\n      createdAt\n      expiresAt\n      expiryStatus\n      daysUntilExpiry\n      parseIssues\n    }\n  }\n}": typeof types.CertificatesDocument,
};
const documents: Documents = {
    "query Certificates($first: Int, $after: String, $last: Int, $before: String, $filter: CertificateFilter, $orderBy: CertificateOrder) {\n  certificates(\n    first: $first\n    after: $after\n    last: $last\n    before: $before\n    filter: $filter\n    orderBy: $orderBy\n  ) {\n    totalCount\n    complete\n    fresh\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n      startCursor\n      endCursor\n    }\n    sources {\n      kind\n      status\n      certificateCount\n      unreadableRows\n      place {\n        __typename\n        id\n        name\n      }\n      error {\n        code\n        message\n        httpStatus\n        retryAfterSeconds\n      }\n    }\n    nodes {\n      __typename\n      id\n      provider\n      name\n      active\n      createdAt\n      expiresAt\n      expiryStatus\n      daysUntilExpiry\n      parseIssues\n    }\n  }\n}": types.CertificatesDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "query Certificates($first: Int, $after: String, $last: Int, $before: String, $filter: CertificateFilter, $orderBy: CertificateOrder) {\n  certificates(\n    first: $first\n    after: $after\n    last: $last\n    before: $before\n    filter: $filter\n    orderBy: $orderBy\n  ) {\n    totalCount\n    complete\n    fresh\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n      startCursor\n      endCursor\n    }\n    sources {\n      kind\n      status\n      certificateCount\n      unreadableRows\n      place {\n        __typename\n        id\n        name\n      }\n      error {\n        code\n        message\n        httpStatus\n        retryAfterSeconds\n      }\n    }\n    nodes {\n      __typename\n      id\n      provider\n      name\n      active\n      createdAt\n      expiresAt\n      expiryStatus\n      daysUntilExpiry\n      parseIssues\n    }\n  }\n}"): (typeof documents)["query Certificates($first: Int, $after: String, $last: Int, $before: String, $filter: CertificateFilter, $orderBy: CertificateOrder) {\n  certificates(\n    first: $first\n    after: $after\n    last: $last\n    before: $before\n    filter: $filter\n    orderBy: $orderBy\n  ) {\n    totalCount\n    complete\n    fresh\n    pageInfo {\n      hasNextPage\n      hasPreviousPage\n      startCursor\n      endCursor\n    }\n    sources {\n      kind\n      status\n      certificateCount\n      unreadableRows\n      place {\n        __typename\n        id\n        name\n      }\n      error {\n        code\n        message\n        httpStatus\n        retryAfterSeconds\n      }\n    }\n    nodes {\n      __typename\n      id\n      provider\n      name\n      active\n      createdAt\n      expiresAt\n      expiryStatus\n      daysUntilExpiry\n      parseIssues\n    }\n  }\n}"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;