import { toVendorId } from './condition-text.ts'

/** What has no ink: spaces, control characters and what fonts leave out. */
const invisible = /^[\s\p{Cc}\p{Z}\p{Default_Ignorable_Code_Point}\u2800\ufff9-\ufffb]*$/u

/** The name at the vendor, if a reader can see it. */
export const toVisibleName = (name: string | null | undefined): string | null =>
  name == null || invisible.test(name) ? null : name

/** The name of a certificate. One without a name that can be seen has its id at the vendor. */
export const toCertificateName = (name: string | null | undefined, id: string): string =>
  toVisibleName(name) ?? `Unnamed certificate ${toVendorId(id)}`

/** A text that fits the title of a window. */
export const toShortText = (text: string): string => (text.length > 80 ? `${text.slice(0, 79).trimEnd()}…` : text)
