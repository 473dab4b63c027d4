/** The maximum lengths of the lists in a row of a vendor. */
export const maxListLengths = {
  /** Certificate authorities allow 100 to 1,000 names in a certificate. */
  texts: 2_000,
  /** Akamai has one certificate per type of key on a network, and few pending changes of an enrollment. */
  objects: 100,
} as const
