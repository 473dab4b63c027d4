import type { CertificateRequest } from '../../../sandbox/issue-certificate.ts'

export interface OpenAISandboxState {
  /** How the bodies are shaped: names became nullable and cursors required between the two. */
  generation: '2025' | '2026'
  readonly organizations: Organization[]
}

export interface Organization {
  readonly id: string
  name: string
  adminKey: string
  /** How a key without the scope is refused: 401 with an error object, or 403 with a bare string. */
  missingScope: 'bare string' | 'object' | null
  /** The same for a key that may read but not change anything. */
  missingWriteScope: 'bare string' | 'object' | null
  readonly certificates: Certificate[]
  readonly projects: Project[]
}

/** Times are Unix seconds, as the vendor has them. */
export interface Certificate {
  readonly id: string
  name: string | null
  createdAt: number
  /** In force for the organization. */
  active: boolean
  validAt: number | null
  expiresAt: number | null
  /** What was uploaded; issued from `x509` when first asked for while it is null. */
  pem: string | null
  pemOnOneLine: boolean
  /** Null for what was uploaded. */
  readonly x509: CertificateRequest | null
}

export interface Project {
  readonly id: string
  name: string
  createdAt: number
  archivedAt: number | null
  /** What the project's list shows, and whether it is in force there. */
  readonly certificates: { readonly certificateId: string; active: boolean }[]
}
