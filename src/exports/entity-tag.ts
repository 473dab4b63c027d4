import { createHash, hash } from 'node:crypto'
import type { OwnerRules } from '../owners/owner-rules.ts'
import type { PlacedCertificate } from '../providers/place.ts'
import type { AllCertificates } from '../schema/search/all-certificates.ts'
import type { TimeSlice } from '../time-slice.ts'
import { type ListedRow, toListedRow } from './export-row.ts'
import type { ExportContent, TaggedContent } from './format.ts'

/** The digest of what a file says of a certificate. */
interface KeptDigest {
  /** The name of the place, which may change while the list is the same. */
  readonly place: string
  readonly digest: string
}

/**
 * Makes the entity tags of one format. The digest of each certificate is kept as long as its list: an answer that a client has
 * what it asks for takes no rendering.
 */
export class EntityTags {
  readonly #content: TaggedContent
  readonly #owners: OwnerRules
  readonly #digests = new WeakMap<PlacedCertificate, KeptDigest>()

  constructor(content: TaggedContent, owners: OwnerRules) {
    this.#content = content
    this.#owners = owners
  }

  /** A weak tag: files with the same tag say the same, and may have other times of reading. */
  async tagOf(
    content: ExportContent,
    { visit }: Pick<AllCertificates, 'visit'>,
    timeSlice: TimeSlice,
  ): Promise<string> {
    const tag = createHash('sha256').update(this.#content.head(content))
    await visit(timeSlice, (certificate) => {
      tag.update(this.#digestOf(certificate, content))
    })
    return `W/"${tag.digest('base64url')}"`
  }

  #digestOf(certificate: PlacedCertificate, { settings }: ExportContent): string {
    const place = certificate.place.name ?? certificate.place.vendorId
    const kept = this.#digests.get(certificate)
    if (kept?.place === place) return kept.digest
    const row: ListedRow = { ...toListedRow(certificate), owner: this.#owners.ownerOf(certificate) }
    const text = this.#content.certificate(row, settings)
    const digest = text === '' ? '' : hash('sha256', text, 'base64url')
    this.#digests.set(certificate, { place, digest })
    return digest
  }
}
