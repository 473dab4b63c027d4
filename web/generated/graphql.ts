/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** The role of a certificate in a deployment. */
export type AkamaiCertificateRole =
  /** An additional certificate with another type of key. */
  | 'MULTI_STACKED'
  /** The main certificate. */
  | 'PRIMARY';

/** A network of Akamai. */
export type AkamaiNetwork =
  /** The network that serves the public. */
  | 'PRODUCTION'
  /** The network for tests. */
  | 'STAGING';

/** What happened to a certificate in a place, found by comparing two complete readings. A reading that failed or lost rows is compared with nothing. */
export type CertificateChangeKind =
  /** It is in force in the place now, and was not before. */
  | 'ACTIVATED'
  /** The list of the place has it now, and had neither it nor one that it replaces before. */
  | 'APPEARED'
  /** It is not in force in the place any more. */
  | 'DEACTIVATED'
  /** It passed its end. */
  | 'EXPIRED'
  /** It crossed the warning or the critical threshold: see `expiryStatus`. */
  | 'EXPIRING'
  /** It appeared in place of an earlier one: see `replacesId`. The earlier one has the same name (OpenAI, LivePerson), or the same enrollment and key type (Akamai), and is the only one. */
  | 'RENEWED'
  /** The list of the place does not have it any more. A place that cannot be read changes nothing. */
  | 'VANISHED';

/** Conditions on certificates, all of which must hold. An empty text is ignored; an empty list, and a text of more than 256 characters, is an error. A condition on a text, list or flag other than `active` that a vendor does not have excludes its certificates. The conditions on X.509 fields (`issuerContains`, `subjectAltName`, `serialNumber`, `sha256Fingerprint`, `weaknesses`) cost one call per certificate that is not parsed yet, for vendors whose list does not contain these fields. A certificate that cannot be tested is returned with a parse issue, and `complete` is false. */
export type CertificateFilter = {
  /** true excludes certificates known to be inactive; false returns only those. */
  active?: boolean | null | undefined;
  /** Whether `expiresBefore`, `expiresAfter`, `expiresWithin` and `expiringUncovered` exclude certificates of unknown expiry. */
  excludeUnknownExpiry?: boolean | null | undefined;
  /** Expires after this time. */
  expiresAfter?: string | null | undefined;
  /** Expires before this time. */
  expiresBefore?: string | null | undefined;
  /** Expires within this time from now, has expired, or has no expiry date. */
  expiresWithin?: string | null | undefined;
  /** Expires within this time from now, has expired, or has no expiry date, and no replacement is known. What is read to find replacements is among the `sources`. At Akamai a replacement is a pending change of type renewal or new-certificate or, before the expiry, a scheduled automatic renewal. Checking for an automatic renewal costs one call per contract that has a certificate left after the other conditions. */
  expiringUncovered?: string | null | undefined;
  /** Only these expiry statuses. */
  expiryStatuses?: Array<ExpiryStatus> | null | undefined;
  /** Whether to return certificates that are soft-deleted. LivePerson keeps them in its list. */
  includeDeleted?: boolean | null | undefined;
  /** Part of the issuer, ignoring case. */
  issuerContains?: string | null | undefined;
  /** Part of the name, ignoring case. */
  nameContains?: string | null | undefined;
  /** Only these owners, by their exact names; with `unowned: true` also certificates without an owner. Costs no call. BAD_USER_INPUT for a name that no rule of the configuration assigns. For a caller who is limited to places, such a name matches nothing. */
  owners?: Array<string> | null | undefined;
  /** Only these places, by `id` or `vendorId`. NOT_CONFIGURED for a place that is not configured or discovered; BAD_USER_INPUT for a `vendorId` that two places have. Not allowed in the list of a place. */
  placeIds?: Array<string | number> | null | undefined;
  /** Only these vendors. */
  providers?: Array<CertificateProvider> | null | undefined;
  /** Part of the name or of a subject alternative name, ignoring case, as the vendor’s list contains them: makes no call. */
  search?: string | null | undefined;
  /** Hex digits in either case, also with a leading `-`; colons, spaces and 0x are ignored. If none matches, a decimal number. */
  serialNumber?: string | null | undefined;
  /** 64 hex digits. Colons, spaces and a leading 0x are ignored. */
  sha256Fingerprint?: string | null | undefined;
  /** A subject alternative name, also one covered by a wildcard of one label. */
  subjectAltName?: string | null | undefined;
  /** Without `owners`, true returns only the certificates without an owner, and false only those with one. With `owners`, false adds nothing. It is ignored while no owners are configured. */
  unowned?: boolean | null | undefined;
  /** Has at least one of these weaknesses. Costs what the field `weaknesses` costs. */
  weaknesses?: Array<CertificateWeakness> | null | undefined;
};

/** An order of certificates. Those without a value come last in both directions, and equal values are ordered by id. A cursor is valid only for the order it was returned for. */
export type CertificateOrder = {
  /** The direction. */
  direction: CertificateOrderDirection;
  /** The field to order by. */
  field: CertificateOrderField;
};

/** The direction of an order. */
export type CertificateOrderDirection =
  /** Earliest or alphabetically first. */
  | 'ASC'
  /** Latest or alphabetically last. */
  | 'DESC';

/** A field to order certificates by. */
export type CertificateOrderField =
  /** The upload time. */
  | 'CREATED_AT'
  /** The end of the validity. */
  | 'EXPIRES_AT'
  /** The name, ignoring case: the first 256 UTF-16 code units, independent of the locale. */
  | 'NAME'
  /** The place: by vendor, then kind of place, then `vendorId`. */
  | 'PLACE';

/** A vendor that holds certificates. */
export type CertificateProvider =
  /** Akamai CPS: certificates deployed under a contract. */
  | 'AKAMAI'
  /** LivePerson: mTLS certificates of accounts. */
  | 'LIVEPERSON'
  /** OpenAI: mTLS certificates of organizations and of their projects. */
  | 'OPENAI';

/** A property that makes a certificate weaker than recommended. */
export type CertificateWeakness =
  /** An ECDSA key on a curve of fewer than 256 bits. */
  | 'EC_BELOW_256'
  /** A server certificate that is valid for longer than the CA/Browser Forum’s Baseline Requirements allowed on the day its validity starts: 825 days from 2018-03-01, 398 from 2020-09-01, 200 from 2026-03-15, 100 from 2027-03-15, 47 from 2029-03-15. A server certificate has the extended key usage serverAuth or none. */
  | 'LIFETIME_OVER_BASELINE'
  /** A signature with the hash algorithm MD5 or one of its predecessors MD2 and MD4. */
  | 'MD5_SIGNATURE'
  /** An RSA key of fewer than 2048 bits. */
  | 'RSA_BELOW_2048'
  /** A signature with the hash algorithm SHA-1. */
  | 'SHA1_SIGNATURE';

/** How close a certificate is to its expiry, at the time the operation started. Shares of the lifetime apply where the vendor’s list has `validFrom` and `expiresAt`. What a query selects does not change the status. */
export type ExpiryStatus =
  /** Expires within the configured critical time. Default: 14 days, or a sixth of the lifetime if that is less. */
  | 'CRITICAL'
  /** Has expired, by its date or by the vendor’s status. */
  | 'EXPIRED'
  /** Expires later than the warning time. */
  | 'OK'
  /** The vendor reports no expiry date that can be read. */
  | 'UNKNOWN'
  /** Expires within the configured warning time, and not within the critical time. Default: 30 days, or a third of the lifetime if that is less. */
  | 'WARNING';

/** What was read of a place. */
export type SourceKind =
  /** The certificates. */
  | 'CERTIFICATES'
  /** The list of the places below it: projects or contracts. */
  | 'DISCOVERY'
  /** The enrollments of an Akamai contract, which its list of certificates does not describe in full. */
  | 'ENROLLMENTS';

/** The result of a reading. */
export type SourceStatus =
  /** Nothing could be read: see `error`. */
  | 'FAILED'
  /** Read now, or recently enough. */
  | 'OK'
  /** The last known data; it could not be read again, or has not been read since certgraph was started: see `error`. */
  | 'STALE';

export type CertificateCoverageQueryVariables = Exact<{
  filter: CertificateFilter;
}>;


export type CertificateCoverageQuery = { certificates: { complete: boolean, totalCount: number, nodes: Array<
      | { id: string }
      | { id: string }
      | { id: string }
    > } | null };

export type CertificateHistoryQueryVariables = Exact<{
  after?: string | null | undefined;
  placeIds?: Array<string | number> | string | number | null | undefined;
}>;


export type CertificateHistoryQuery = { certificateChanges: { totalCount: number, recordedSince: string | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, nodes: Array<{ id: string, kind: CertificateChangeKind, at: string, name: string | null, certificateId: string, replacesId: string | null, expiresAt: string | null, expiryStatus: ExpiryStatus | null, actor: string | null, place:
        | { __typename: 'AkamaiAccount', id: string, provider: CertificateProvider, label: string }
        | { __typename: 'AkamaiContract', id: string, provider: CertificateProvider, label: string }
        | { __typename: 'LivePersonAccount', id: string, provider: CertificateProvider, label: string }
        | { __typename: 'OpenAIOrganization', id: string, provider: CertificateProvider, label: string }
        | { __typename: 'OpenAIProject', id: string, provider: CertificateProvider, label: string }
       }> } | null };

export type CertificateListQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  filter?: CertificateFilter | null | undefined;
  orderBy?: CertificateOrder | null | undefined;
}>;


export type CertificateListQuery = { certificates: { totalCount: number, complete: boolean, fresh: boolean, incompleteReasons: Array<string>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null }, nodes: Array<
      | { __typename: 'AkamaiCertificate', id: string, provider: CertificateProvider, name: string | null, active: boolean | null, asOf: string, stale: boolean, createdAt: string | null, expiresAt: string | null, expiryStatus: ExpiryStatus, parseIssues: Array<string>, owner: { name: string, contact: string | null } | null, place:
          | { __typename: 'AkamaiAccount', id: string, label: string }
          | { __typename: 'AkamaiContract', id: string, label: string }
          | { __typename: 'LivePersonAccount', id: string, label: string }
          | { __typename: 'OpenAIOrganization', id: string, label: string }
          | { __typename: 'OpenAIProject', id: string, label: string }
         }
      | { __typename: 'LivePersonCertificate', vendorStatus: string | null, deleted: boolean | null, id: string, provider: CertificateProvider, name: string | null, active: boolean | null, asOf: string, stale: boolean, createdAt: string | null, expiresAt: string | null, expiryStatus: ExpiryStatus, parseIssues: Array<string>, owner: { name: string, contact: string | null } | null, place:
          | { __typename: 'AkamaiAccount', id: string, label: string }
          | { __typename: 'AkamaiContract', id: string, label: string }
          | { __typename: 'LivePersonAccount', id: string, label: string }
          | { __typename: 'OpenAIOrganization', id: string, label: string }
          | { __typename: 'OpenAIProject', id: string, label: string }
         }
      | { __typename: 'OpenAICertificate', id: string, provider: CertificateProvider, name: string | null, active: boolean | null, asOf: string, stale: boolean, createdAt: string | null, expiresAt: string | null, expiryStatus: ExpiryStatus, parseIssues: Array<string>, owner: { name: string, contact: string | null } | null, place:
          | { __typename: 'AkamaiAccount', id: string, label: string }
          | { __typename: 'AkamaiContract', id: string, label: string }
          | { __typename: 'LivePersonAccount', id: string, label: string }
          | { __typename: 'OpenAIOrganization', id: string, label: string }
          | { __typename: 'OpenAIProject', id: string, label: string }
         }
    > } | null };

export type CertificateProjectsQueryVariables = Exact<{
  id: string | number;
}>;


export type CertificateProjectsQuery = { certificate:
    | { __typename: 'AkamaiCertificate', id: string }
    | { __typename: 'LivePersonCertificate', id: string }
    | { __typename: 'OpenAICertificate', id: string, lastActiveIn: Array<
        | { __typename: 'AkamaiAccount', id: string, provider: CertificateProvider, label: string }
        | { __typename: 'AkamaiContract', id: string, provider: CertificateProvider, label: string }
        | { __typename: 'LivePersonAccount', id: string, provider: CertificateProvider, label: string }
        | { __typename: 'OpenAIOrganization', id: string, provider: CertificateProvider, label: string }
        | { __typename: 'OpenAIProject', id: string, provider: CertificateProvider, label: string }
      > | null, all: { nodes: Array<{ id: string }> } | null, projects: { totalCount: number, edges: Array<{ active: boolean | null, node: { id: string, label: string, projectId: string } }> } | null }
   | null };

export type CertificateQueryVariables = Exact<{
  id: string | number;
}>;


export type CertificateQuery = { certificate:
    | { __typename: 'AkamaiCertificate', commonName: string | null, renewalPending: boolean, serialNumber: string | null, sha256Fingerprint: string | null, subjectAltNames: Array<string> | null, id: string, provider: CertificateProvider, name: string | null, active: boolean | null, asOf: string, stale: boolean, createdAt: string | null, expiresAt: string | null, expiryStatus: ExpiryStatus, parseIssues: Array<string>, contract: { id: string, account: { id: string, label: string } }, deployments: Array<{ network: AkamaiNetwork, role: AkamaiCertificateRole, dnsNames: Array<string> | null, geography: string | null, secureNetwork: string | null, sniOnly: boolean | null, quicEnabled: boolean | null, ocspStapling: string | null, disallowedTlsVersions: Array<string> | null }>, enrollment: { id: string, enrollmentId: string, certificateType: string | null, pendingChanges: Array<{ changeType: string | null }> }, owner: { name: string, contact: string | null, runbookUrl: string | null } | null, place:
        | { __typename: 'AkamaiAccount', id: string, provider: CertificateProvider, label: string, vendorId: string }
        | { __typename: 'AkamaiContract', id: string, provider: CertificateProvider, label: string, vendorId: string }
        | { __typename: 'LivePersonAccount', id: string, provider: CertificateProvider, label: string, vendorId: string }
        | { __typename: 'OpenAIOrganization', id: string, provider: CertificateProvider, label: string, vendorId: string }
        | { __typename: 'OpenAIProject', id: string, provider: CertificateProvider, label: string, vendorId: string }
       }
    | { __typename: 'LivePersonCertificate', certificateId: string, displayName: string | null, vendorStatus: string | null, deleted: boolean | null, id: string, provider: CertificateProvider, name: string | null, active: boolean | null, asOf: string, stale: boolean, createdAt: string | null, expiresAt: string | null, expiryStatus: ExpiryStatus, parseIssues: Array<string>, owner: { name: string, contact: string | null, runbookUrl: string | null } | null, place:
        | { __typename: 'AkamaiAccount', id: string, provider: CertificateProvider, label: string, vendorId: string }
        | { __typename: 'AkamaiContract', id: string, provider: CertificateProvider, label: string, vendorId: string }
        | { __typename: 'LivePersonAccount', id: string, provider: CertificateProvider, label: string, vendorId: string }
        | { __typename: 'OpenAIOrganization', id: string, provider: CertificateProvider, label: string, vendorId: string }
        | { __typename: 'OpenAIProject', id: string, provider: CertificateProvider, label: string, vendorId: string }
       }
    | { __typename: 'OpenAICertificate', certificateId: string, validFrom: string | null, id: string, provider: CertificateProvider, name: string | null, active: boolean | null, asOf: string, stale: boolean, createdAt: string | null, expiresAt: string | null, expiryStatus: ExpiryStatus, parseIssues: Array<string>, owner: { name: string, contact: string | null, runbookUrl: string | null } | null, place:
        | { __typename: 'AkamaiAccount', id: string, provider: CertificateProvider, label: string, vendorId: string }
        | { __typename: 'AkamaiContract', id: string, provider: CertificateProvider, label: string, vendorId: string }
        | { __typename: 'LivePersonAccount', id: string, provider: CertificateProvider, label: string, vendorId: string }
        | { __typename: 'OpenAIOrganization', id: string, provider: CertificateProvider, label: string, vendorId: string }
        | { __typename: 'OpenAIProject', id: string, provider: CertificateProvider, label: string, vendorId: string }
       }
   | null };

export type ChangesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  kinds?: Array<CertificateChangeKind> | CertificateChangeKind | null | undefined;
  placeIds?: Array<string | number> | string | number | null | undefined;
  since?: string | null | undefined;
}>;


export type ChangesQuery = { certificateChanges: { totalCount: number, recordedSince: string | null, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null }, nodes: Array<{ id: string, kind: CertificateChangeKind, at: string, name: string | null, certificateId: string, replacesId: string | null, expiresAt: string | null, expiryStatus: ExpiryStatus | null, actor: string | null, place:
        | { __typename: 'AkamaiAccount', id: string, provider: CertificateProvider, label: string, vendorId: string }
        | { __typename: 'AkamaiContract', id: string, provider: CertificateProvider, label: string, vendorId: string }
        | { __typename: 'LivePersonAccount', id: string, provider: CertificateProvider, label: string, vendorId: string }
        | { __typename: 'OpenAIOrganization', id: string, provider: CertificateProvider, label: string, vendorId: string }
        | { __typename: 'OpenAIProject', id: string, provider: CertificateProvider, label: string, vendorId: string }
       }> } | null };

export type CoverageQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  filter?: CertificateFilter | null | undefined;
  orderBy?: CertificateOrder | null | undefined;
}>;


export type CoverageQuery = { certificates: { complete: boolean, nodes: Array<
      | { id: string }
      | { id: string }
      | { id: string }
    > } | null };

export type EnrollmentQueryVariables = Exact<{
  id: string | number;
}>;


export type EnrollmentQuery = { certificate:
    | { __typename: 'AkamaiCertificate', id: string, enrollment: { id: string, autoRenewalStartTime: string | null, registrationAuthority: string | null, validationType: string | null } }
    | { __typename: 'LivePersonCertificate', id: string }
    | { __typename: 'OpenAICertificate', id: string }
   | null };

export type OverviewQueryVariables = Exact<{ [key: string]: never; }>;


export type OverviewQuery = { certificateStatistics: { total: number, complete: boolean, fresh: boolean, incompleteReasons: Array<string>, byExpiryStatus: Array<{ key: ExpiryStatus, count: number }>, byExpiryMonth: Array<{ key: string, count: number }>, byProvider: Array<{ key: CertificateProvider, count: number }>, sources: Array<{ id: string, kind: SourceKind, status: SourceStatus, asOf: string | null, unreadableRows: number, place:
        | { __typename: 'AkamaiAccount', id: string, provider: CertificateProvider, label: string }
        | { __typename: 'AkamaiContract', id: string, provider: CertificateProvider, label: string }
        | { __typename: 'LivePersonAccount', id: string, provider: CertificateProvider, label: string }
        | { __typename: 'OpenAIOrganization', id: string, provider: CertificateProvider, label: string }
        | { __typename: 'OpenAIProject', id: string, provider: CertificateProvider, label: string }
      , error: { code: string, message: string } | null }> } | null, lastExpired: { nodes: Array<
      | { id: string, expiresAt: string | null }
      | { id: string, expiresAt: string | null }
      | { id: string, expiresAt: string | null }
    > } | null, next: { nodes: Array<
      | { id: string, provider: CertificateProvider, name: string | null, expiresAt: string | null, expiryStatus: ExpiryStatus, owner: { name: string } | null, place:
          | { id: string, label: string }
          | { id: string, label: string }
          | { id: string, label: string }
          | { id: string, label: string }
          | { id: string, label: string }
         }
      | { id: string, provider: CertificateProvider, name: string | null, expiresAt: string | null, expiryStatus: ExpiryStatus, owner: { name: string } | null, place:
          | { id: string, label: string }
          | { id: string, label: string }
          | { id: string, label: string }
          | { id: string, label: string }
          | { id: string, label: string }
         }
      | { id: string, provider: CertificateProvider, name: string | null, expiresAt: string | null, expiryStatus: ExpiryStatus, owner: { name: string } | null, place:
          | { id: string, label: string }
          | { id: string, label: string }
          | { id: string, label: string }
          | { id: string, label: string }
          | { id: string, label: string }
         }
    > } | null, certificateChanges: { recordedSince: string | null, nodes: Array<{ id: string, kind: CertificateChangeKind, at: string, name: string | null, certificateId: string, expiryStatus: ExpiryStatus | null, place:
        | { id: string, provider: CertificateProvider, label: string }
        | { id: string, provider: CertificateProvider, label: string }
        | { id: string, provider: CertificateProvider, label: string }
        | { id: string, provider: CertificateProvider, label: string }
        | { id: string, provider: CertificateProvider, label: string }
       }> } | null };

export type OwnerOptionsQueryVariables = Exact<{ [key: string]: never; }>;


export type OwnerOptionsQuery = { certificateStatistics: { byOwner: Array<{ count: number, key: { name: string } | null }>, byProvider: Array<{ key: CertificateProvider, count: number }> } | null };

export type PlaceLimitsQueryVariables = Exact<{
  ids: Array<string | number> | string | number;
}>;


export type PlaceLimitsQuery = { nodes: Array<
    | { __typename: 'AkamaiAccount', id: string, rateLimit: { limit: number, remaining: number, resetAt: string | null, waiting: number } | null }
    | { __typename: 'AkamaiCertificate', id: string }
    | { __typename: 'AkamaiContract', id: string, rateLimit: { limit: number, remaining: number, resetAt: string | null, waiting: number } | null }
    | { __typename: 'AkamaiEnrollment', id: string }
    | { __typename: 'LivePersonAccount', id: string, rateLimit: { limit: number, remaining: number, resetAt: string | null, waiting: number } | null }
    | { __typename: 'LivePersonCertificate', id: string }
    | { __typename: 'OpenAICertificate', id: string }
    | { __typename: 'OpenAIOrganization', id: string, rateLimit: { limit: number, remaining: number, resetAt: string | null, waiting: number } | null }
    | { __typename: 'OpenAIProject', id: string, rateLimit: { limit: number, remaining: number, resetAt: string | null, waiting: number } | null }
   | null> };

export type PlaceOptionsQueryVariables = Exact<{ [key: string]: never; }>;


export type PlaceOptionsQuery = { certificateStatistics: { byPlace: Array<{ count: number, key:
        | { __typename: 'AkamaiAccount', id: string, provider: CertificateProvider, label: string, vendorId: string }
        | { __typename: 'AkamaiContract', id: string, provider: CertificateProvider, label: string, vendorId: string }
        | { __typename: 'LivePersonAccount', id: string, provider: CertificateProvider, label: string, vendorId: string }
        | { __typename: 'OpenAIOrganization', id: string, provider: CertificateProvider, label: string, vendorId: string }
        | { __typename: 'OpenAIProject', id: string, provider: CertificateProvider, label: string, vendorId: string }
       }> } | null };

export type PlacesQueryVariables = Exact<{
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
  providers?: Array<CertificateProvider> | CertificateProvider | null | undefined;
}>;


export type PlacesQuery = { certificatePlaces: { totalCount: number, complete: boolean, incompleteReasons: Array<string>, pageInfo: { hasNextPage: boolean, hasPreviousPage: boolean, startCursor: string | null, endCursor: string | null }, nodes: Array<
      | { __typename: 'AkamaiAccount', id: string, provider: CertificateProvider, label: string, vendorId: string, circuitOpen: boolean, rateLimit: { limit: number, remaining: number, resetAt: string | null, waiting: number } | null, source: { id: string, kind: SourceKind, status: SourceStatus, asOf: string | null, certificateCount: number | null, unreadableRows: number, error: { code: string, message: string, httpStatus: number | null, retryAfterSeconds: number | null } | null } }
      | { __typename: 'AkamaiContract', id: string, provider: CertificateProvider, label: string, vendorId: string, circuitOpen: boolean, rateLimit: { limit: number, remaining: number, resetAt: string | null, waiting: number } | null, source: { id: string, kind: SourceKind, status: SourceStatus, asOf: string | null, certificateCount: number | null, unreadableRows: number, error: { code: string, message: string, httpStatus: number | null, retryAfterSeconds: number | null } | null } }
      | { __typename: 'LivePersonAccount', id: string, provider: CertificateProvider, label: string, vendorId: string, circuitOpen: boolean, rateLimit: { limit: number, remaining: number, resetAt: string | null, waiting: number } | null, source: { id: string, kind: SourceKind, status: SourceStatus, asOf: string | null, certificateCount: number | null, unreadableRows: number, error: { code: string, message: string, httpStatus: number | null, retryAfterSeconds: number | null } | null } }
      | { __typename: 'OpenAIOrganization', id: string, provider: CertificateProvider, label: string, vendorId: string, circuitOpen: boolean, rateLimit: { limit: number, remaining: number, resetAt: string | null, waiting: number } | null, source: { id: string, kind: SourceKind, status: SourceStatus, asOf: string | null, certificateCount: number | null, unreadableRows: number, error: { code: string, message: string, httpStatus: number | null, retryAfterSeconds: number | null } | null } }
      | { __typename: 'OpenAIProject', id: string, provider: CertificateProvider, label: string, vendorId: string, circuitOpen: boolean, rateLimit: { limit: number, remaining: number, resetAt: string | null, waiting: number } | null, source: { id: string, kind: SourceKind, status: SourceStatus, asOf: string | null, certificateCount: number | null, unreadableRows: number, error: { code: string, message: string, httpStatus: number | null, retryAfterSeconds: number | null } | null } }
    > } | null };

export type SameFingerprintQueryVariables = Exact<{
  fingerprint: string;
}>;


export type SameFingerprintQuery = { certificates: { totalCount: number, complete: boolean, fresh: boolean, incompleteReasons: Array<string>, nodes: Array<
      | { id: string, name: string | null, provider: CertificateProvider, expiryStatus: ExpiryStatus, place:
          | { __typename: 'AkamaiAccount', id: string, provider: CertificateProvider, label: string }
          | { __typename: 'AkamaiContract', id: string, provider: CertificateProvider, label: string }
          | { __typename: 'LivePersonAccount', id: string, provider: CertificateProvider, label: string }
          | { __typename: 'OpenAIOrganization', id: string, provider: CertificateProvider, label: string }
          | { __typename: 'OpenAIProject', id: string, provider: CertificateProvider, label: string }
         }
      | { id: string, name: string | null, provider: CertificateProvider, expiryStatus: ExpiryStatus, place:
          | { __typename: 'AkamaiAccount', id: string, provider: CertificateProvider, label: string }
          | { __typename: 'AkamaiContract', id: string, provider: CertificateProvider, label: string }
          | { __typename: 'LivePersonAccount', id: string, provider: CertificateProvider, label: string }
          | { __typename: 'OpenAIOrganization', id: string, provider: CertificateProvider, label: string }
          | { __typename: 'OpenAIProject', id: string, provider: CertificateProvider, label: string }
         }
      | { id: string, name: string | null, provider: CertificateProvider, expiryStatus: ExpiryStatus, place:
          | { __typename: 'AkamaiAccount', id: string, provider: CertificateProvider, label: string }
          | { __typename: 'AkamaiContract', id: string, provider: CertificateProvider, label: string }
          | { __typename: 'LivePersonAccount', id: string, provider: CertificateProvider, label: string }
          | { __typename: 'OpenAIOrganization', id: string, provider: CertificateProvider, label: string }
          | { __typename: 'OpenAIProject', id: string, provider: CertificateProvider, label: string }
         }
    > } | null };

export type SourcesQueryVariables = Exact<{ [key: string]: never; }>;


export type SourcesQuery = { certificateStatistics: { complete: boolean, fresh: boolean, incompleteReasons: Array<string>, sources: Array<{ id: string, kind: SourceKind, status: SourceStatus, asOf: string | null, certificateCount: number | null, unreadableRows: number, error: { code: string, message: string, httpStatus: number | null, retryAfterSeconds: number | null } | null, place:
        | { __typename: 'AkamaiAccount', id: string, provider: CertificateProvider, label: string, vendorId: string, circuitOpen: boolean }
        | { __typename: 'AkamaiContract', id: string, provider: CertificateProvider, label: string, vendorId: string, circuitOpen: boolean }
        | { __typename: 'LivePersonAccount', id: string, provider: CertificateProvider, label: string, vendorId: string, circuitOpen: boolean }
        | { __typename: 'OpenAIOrganization', id: string, provider: CertificateProvider, label: string, vendorId: string, circuitOpen: boolean }
        | { __typename: 'OpenAIProject', id: string, provider: CertificateProvider, label: string, vendorId: string, circuitOpen: boolean }
       }> } | null };

export type UncoveredQueryVariables = Exact<{
  within: string;
}>;


export type UncoveredQuery = { certificateStatistics: { total: number, complete: boolean, fresh: boolean } | null };

export type UnownedQueryVariables = Exact<{ [key: string]: never; }>;


export type UnownedQuery = { certificateStatistics: { total: number, complete: boolean, fresh: boolean } | null };

export type X509QueryVariables = Exact<{
  id: string | number;
}>;


export type X509Query = { certificate:
    | { __typename: 'AkamaiCertificate', id: string, subject: string | null, issuer: string | null, validFrom: string | null, expiresAt: string | null, serialNumber: string | null, sha256Fingerprint: string | null, keyAlgorithm: string | null, keySize: number | null, signatureAlgorithm: string | null, subjectAltNames: Array<string> | null, weaknesses: Array<CertificateWeakness> | null, weaknessesChecked: Array<CertificateWeakness> | null, x509Issues: Array<string> | null }
    | { __typename: 'LivePersonCertificate', id: string, subject: string | null, issuer: string | null, validFrom: string | null, expiresAt: string | null, serialNumber: string | null, sha256Fingerprint: string | null, keyAlgorithm: string | null, keySize: number | null, signatureAlgorithm: string | null, subjectAltNames: Array<string> | null, weaknesses: Array<CertificateWeakness> | null, weaknessesChecked: Array<CertificateWeakness> | null, x509Issues: Array<string> | null }
    | { __typename: 'OpenAICertificate', isCA: boolean | null, id: string, subject: string | null, issuer: string | null, validFrom: string | null, expiresAt: string | null, serialNumber: string | null, sha256Fingerprint: string | null, keyAlgorithm: string | null, keySize: number | null, signatureAlgorithm: string | null, subjectAltNames: Array<string> | null, weaknesses: Array<CertificateWeakness> | null, weaknessesChecked: Array<CertificateWeakness> | null, x509Issues: Array<string> | null }
   | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const CertificateCoverageDocument = {"__meta__":{"hash":"sha256:00981c796ad3f3c4737b01890d78cd9830c584ea5745b713feacf5a616fb1a40"}} as unknown as TypedDocumentString<CertificateCoverageQuery, CertificateCoverageQueryVariables>;
export const CertificateHistoryDocument = {"__meta__":{"hash":"sha256:05bfdaaef7fe04d54bee5f06169f4562cf807d52d54a2e01a326970bdbb53628"}} as unknown as TypedDocumentString<CertificateHistoryQuery, CertificateHistoryQueryVariables>;
export const CertificateListDocument = {"__meta__":{"hash":"sha256:cdc0ffa6520e9ccf9646a93731b929b94e6a80091a60ee393045c04842a1b354"}} as unknown as TypedDocumentString<CertificateListQuery, CertificateListQueryVariables>;
export const CertificateProjectsDocument = {"__meta__":{"hash":"sha256:b4c0978ca512010f0ed73d166eb3cf10a658fad5f8582bba62bb60bfe6a138bd"}} as unknown as TypedDocumentString<CertificateProjectsQuery, CertificateProjectsQueryVariables>;
export const CertificateDocument = {"__meta__":{"hash":"sha256:cce463eab529822c9ca5eba1134724c9e290f504f0cae64e82d87abb51cb930f"}} as unknown as TypedDocumentString<CertificateQuery, CertificateQueryVariables>;
export const ChangesDocument = {"__meta__":{"hash":"sha256:ca85644965542fa990dc7b2e0a31d3cbcd7cdb9880cb9c84e8b6a4c666c89426"}} as unknown as TypedDocumentString<ChangesQuery, ChangesQueryVariables>;
export const CoverageDocument = {"__meta__":{"hash":"sha256:83752045d0f5de9e3b194816930361d8374242e87b2b080bb684349108ee7e58"}} as unknown as TypedDocumentString<CoverageQuery, CoverageQueryVariables>;
export const EnrollmentDocument = {"__meta__":{"hash":"sha256:0a2583880aed22e09f9e1573e66805f8f630018121de562d40dcff644c4b87e8"}} as unknown as TypedDocumentString<EnrollmentQuery, EnrollmentQueryVariables>;
export const OverviewDocument = {"__meta__":{"hash":"sha256:16227bbefe8ce05f1af802fa856379b282f62efa86e6499976c0b3ae8197b70f"}} as unknown as TypedDocumentString<OverviewQuery, OverviewQueryVariables>;
export const OwnerOptionsDocument = {"__meta__":{"hash":"sha256:90d9dfedcef25ff23be37f067b5138e252e069208a2427d09d686a6498183f44"}} as unknown as TypedDocumentString<OwnerOptionsQuery, OwnerOptionsQueryVariables>;
export const PlaceLimitsDocument = {"__meta__":{"hash":"sha256:8b573e6cf18095afcc996edd7393ee259e5ce39489780a8b20ac182b195c27a8"}} as unknown as TypedDocumentString<PlaceLimitsQuery, PlaceLimitsQueryVariables>;
export const PlaceOptionsDocument = {"__meta__":{"hash":"sha256:b73b52d41ff09ecf2c66d6cd6ab21d5f4544e5a7b1ea0a72f71301aba9bd2b7b"}} as unknown as TypedDocumentString<PlaceOptionsQuery, PlaceOptionsQueryVariables>;
export const PlacesDocument = {"__meta__":{"hash":"sha256:88b0f41a6e473005b5a245eebb94a752c6187268dcfc2d7fc873bd36170c8f29"}} as unknown as TypedDocumentString<PlacesQuery, PlacesQueryVariables>;
export const SameFingerprintDocument = {"__meta__":{"hash":"sha256:1bf85ac1bf60d0e9512b6286d3cb5cd6607f24bec0b7cae14ed5c2db977c898b"}} as unknown as TypedDocumentString<SameFingerprintQuery, SameFingerprintQueryVariables>;
export const SourcesDocument = {"__meta__":{"hash":"sha256:aae385161d9047da69349f5a0c5d0d24b8ee4a4888d250d64f156c00f092e3f3"}} as unknown as TypedDocumentString<SourcesQuery, SourcesQueryVariables>;
export const UncoveredDocument = {"__meta__":{"hash":"sha256:81cb553f7c049b5f9bf597cdc87c96f790a47054cbceaf3ed7d5d180c51c3f4f"}} as unknown as TypedDocumentString<UncoveredQuery, UncoveredQueryVariables>;
export const UnownedDocument = {"__meta__":{"hash":"sha256:958f23f554c3acbac7c32a7162b8b176a1c450d819920e76b6909b326a8c574a"}} as unknown as TypedDocumentString<UnownedQuery, UnownedQueryVariables>;
export const X509Document = {"__meta__":{"hash":"sha256:72cec5c4b2deaa302eac1eb4a465ce1822bc36503dd0decd874b7596040fc5b6"}} as unknown as TypedDocumentString<X509Query, X509QueryVariables>;