import type { CertificateRequest } from '../../../sandbox/issue-certificate.ts'

export interface OpenAISandboxState {
  /** The version of the response bodies. 2026 made names nullable and cursors required. */
  generation: '2025' | '2026'
  readonly organizations: Organization[]
}

export interface Organization {
  readonly id: string
  name: string
  adminKey: string
  /** The rejection of a key without the read scope: 401 with an error object, or 403 with a bare string. */
  missingScope: 'bare string' | 'object' | null
  /** The same for a key without the write scope. */
  missingWriteScope: 'bare string' | 'object' | null
  readonly certificates: Certificate[]
  readonly projects: Project[]
}

/** Times are Unix seconds, as in the vendor's API. */
export interface Certificate {
  readonly id: string
  name: string | null
  createdAt: number
  /** Active for the organization. */
  active: boolean
  validAt: number | null
  expiresAt: number | null
  /** The uploaded PEM. When it is null, the PEM is issued from `x509` on first use. */
  pem: string | null
  pemOnOneLine: boolean
  /** Null for an uploaded certificate. */
  readonly x509: CertificateRequest | null
}

export interface Project {
  readonly id: string
  name: string
  createdAt: number
  archivedAt: number | null
  /** The project's list, with its own flags. */
  readonly certificates: { readonly certificateId: string; active: boolean }[]
}
