/** Marks an id that is the SHA-256 of its document (GraphQL over HTTP, appendix A). */
export const hashPrefix = 'sha256:'

/** Returns the id of a document without the prefix. Configuration and server compare ids in this form. */
export function toDocumentKey(id: string): string {
  return id.startsWith(hashPrefix) ? id.slice(hashPrefix.length) : id
}
