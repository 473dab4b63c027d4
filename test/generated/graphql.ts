/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** Which certificates to list; all conditions must hold. An empty list is refused. A certificate of a vendor that does not have a field never matches a filter on it. A filter on an X.509 field costs one call per OpenAI certificate not parsed before. A certificate that cannot be held against such a filter, or against `expiringUncovered`, stays in, with a parse issue, and `complete` is false. */
export type CertificateFilter = {
  /** true leaves out only what is known to be inactive; false keeps only that. */
  active?: boolean | null | undefined;
  /** Expires after this moment. */
  expiresAfter?: string | null | undefined;
  /** Expires before this moment. */
  expiresBefore?: string | null | undefined;
  /** Expires within so long from now, or has expired. */
  expiresWithin?: string | null | undefined;
  /** Expires within so long from now, or has expired, and nothing is going to replace it. At Akamai a pending change of type renewal or new-certificate does, and an automatic renewal that is set to start before it expires; the latter costs one call per contract that has a certificate left after all else, and the enrollments of that contract are then one of the `sources`. What has ended is covered by a pending change alone. Nothing is known to replace certificates of the other vendors. */
  expiringUncovered?: string | null | undefined;
  /** Only these expiry statuses. */
  expiryStatuses?: Array<ExpiryStatus> | null | undefined;
  /** Whether to list what is softly deleted at LivePerson. */
  includeDeleted?: boolean;
  /** Whether certificates of unknown expiry pass the four filters on it. */
  includeUnknownExpiry?: boolean;
  /** Part of the issuer, ignoring case. Costs one call per OpenAI certificate not parsed before. */
  issuerContains?: string | null | undefined;
  /** Part of the name, ignoring case. */
  nameContains?: string | null | undefined;
  /** Only these vendors. */
  providers?: Array<CertificateProvider> | null | undefined;
  /** Only these places, by global id. An OpenAI project adds its own list. NOT_CONFIGURED for a place nobody configured. */
  scopeIds?: Array<string | number> | null | undefined;
  /** In any spelling: colons, spaces, 0x, either case. Costs one call per OpenAI certificate not parsed before. */
  serialNumber?: string | null | undefined;
  /** In any spelling of its 64 hex digits. Costs one call per OpenAI certificate not parsed before. */
  sha256Fingerprint?: string | null | undefined;
  /** Equals a subject alternative name, or is covered by a wildcard of one label. Costs one call per OpenAI certificate not parsed before. */
  subjectAltName?: string | null | undefined;
};

/** An order of certificates. What has no value to order by comes last in both directions; ties go by id, ascending. A cursor belongs to one order. */
export type CertificateOrder = {
  /** Which end comes first. */
  direction: CertificateOrderDirection;
  /** What to order by. */
  field: CertificateOrderField;
};

/** Which end comes first. */
export type CertificateOrderDirection =
  /** Earliest, or alphabetically first. */
  | 'ASC'
  /** Latest, or alphabetically last. */
  | 'DESC';

/** What certificates can be ordered by. */
export type CertificateOrderField =
  /** When it was uploaded. */
  | 'CREATED_AT'
  /** When it expires. */
  | 'EXPIRES_AT'
  /** Its name, ignoring case, by code units and never by a locale; the first 256 of them. */
  | 'NAME';

/** The vendors whose certificates are read. */
export type CertificateProvider =
  /** Akamai CPS: certificates deployed under a contract. */
  | 'AKAMAI'
  /** LivePerson: mTLS certificates of accounts. */
  | 'LIVEPERSON'
  /** OpenAI: mTLS certificates of organizations and of their projects. */
  | 'OPENAI';

/** How far a certificate is from its end, at the one moment the operation counts from. */
export type ExpiryStatus =
  /** At most the configured critical time is left, 14 days unless configured. */
  | 'CRITICAL'
  /** It has ended, or the vendor says in words that it has. */
  | 'EXPIRED'
  /** More time is left than the configured warning. */
  | 'OK'
  /** The vendor gives no usable date. */
  | 'UNKNOWN'
  /** At most the configured warning time is left, 30 days unless configured. */
  | 'WARNING';

/** What was read at a place. */
export type SourceKind =
  /** Its certificates. */
  | 'CERTIFICATES'
  /** The list of places below it: projects or contracts. */
  | 'DISCOVERY'
  /** The enrollments of a contract, for what the list of active certificates does not tell. */
  | 'ENROLLMENTS';

/** How a reading went. */
export type SourceStatus =
  /** There is nothing from this place; `error` says why. */
  | 'FAILED'
  /** Read, or read so recently that the reading still serves. */
  | 'OK'
  /** What was last known; it could not be renewed, and `error` says why. */
  | 'STALE';

export type CertificatesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  filter?: CertificateFilter | null | undefined;
  orderBy?: CertificateOrder | null | undefined;
}>;


export type CertificatesQuery = { certificates: { totalCount: number, complete: boolean, fresh: boolean, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null }, sources: Array<{ kind: SourceKind, status: SourceStatus, certificateCount: number | null, unreadableRows: number, scope:
        | { __typename: 'AkamaiAccount', id: string, name: string | null }
        | { __typename: 'AkamaiContract', id: string, name: string | null }
        | { __typename: 'LivePersonAccount', id: string, name: string | null }
        | { __typename: 'OpenAIOrganization', id: string, name: string | null }
        | { __typename: 'OpenAIProject', id: string, name: string | null }
      , error: { code: string, message: string, httpStatus: number | null, retryAfterSeconds: number | null } | null }>, nodes: Array<
      | { __typename: 'AkamaiCertificate', id: string, provider: CertificateProvider, name: string | null, active: boolean | null, createdAt: string | null, expiresAt: string | null, expiryStatus: ExpiryStatus, daysUntilExpiry: number | null, parseIssues: Array<string> }
      | { __typename: 'LivePersonCertificate', id: string, provider: CertificateProvider, name: string | null, active: boolean | null, createdAt: string | null, expiresAt: string | null, expiryStatus: ExpiryStatus, daysUntilExpiry: number | null, parseIssues: Array<string> }
      | { __typename: 'OpenAICertificate', id: string, provider: CertificateProvider, name: string | null, active: boolean | null, createdAt: string | null, expiresAt: string | null, expiryStatus: ExpiryStatus, daysUntilExpiry: number | null, parseIssues: Array<string> }
    > } | null };


export const CertificatesDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Certificates"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"last"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"before"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"CertificateFilter"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"CertificateOrder"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"certificates"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}},{"kind":"Argument","name":{"kind":"Name","value":"last"},"value":{"kind":"Variable","name":{"kind":"Name","value":"last"}}},{"kind":"Argument","name":{"kind":"Name","value":"before"},"value":{"kind":"Variable","name":{"kind":"Name","value":"before"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"orderBy"},"value":{"kind":"Variable","name":{"kind":"Name","value":"orderBy"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"complete"}},{"kind":"Field","name":{"kind":"Name","value":"fresh"}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"hasPreviousPage"}},{"kind":"Field","name":{"kind":"Name","value":"startCursor"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}},{"kind":"Field","name":{"kind":"Name","value":"sources"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"certificateCount"}},{"kind":"Field","name":{"kind":"Name","value":"unreadableRows"}},{"kind":"Field","name":{"kind":"Name","value":"scope"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"httpStatus"}},{"kind":"Field","name":{"kind":"Name","value":"retryAfterSeconds"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"provider"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"active"}},{"kind":"Field","name":{"kind":"Name","value":"createdAt"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}},{"kind":"Field","name":{"kind":"Name","value":"expiryStatus"}},{"kind":"Field","name":{"kind":"Name","value":"daysUntilExpiry"}},{"kind":"Field","name":{"kind":"Name","value":"parseIssues"}}]}}]}}]}}]} as unknown as DocumentNode<CertificatesQuery, CertificatesQueryVariables>;