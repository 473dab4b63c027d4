/** The person or team that is responsible for certificates. */
export interface CertificateOwner {
  readonly name: string
  readonly contact: string | null
  readonly runbookUrl: string | null
}

/** Certificates, and who is responsible for them. A condition that is null holds for every certificate. */
export interface OwnerRule {
  readonly match: {
    /** The value of the enum CertificateProvider. */
    readonly provider: string | null
    /** The ids of places, global ones or the vendors'. */
    readonly places: readonly string[] | null
    /** Patterns of the name. */
    readonly names: readonly string[] | null
    /** Patterns of a subject alternative name. */
    readonly subjectAltNames: readonly string[] | null
  }
  readonly owner: CertificateOwner
}
