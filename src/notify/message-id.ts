import { createHash } from 'node:crypto'

/**
 * The id of a message: the same whenever the same event is sent to the same endpoint, also by another process that has not
 * kept that it was sent.
 */
export function messageId(endpoint: string, ...event: readonly (string | number)[]): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([endpoint, ...event]))
    .digest('base64url')
  return `msg_${digest.slice(0, 27)}`
}

/** What tells an endpoint from others, also when it has another position in the file: a digest, because the URL is a secret. */
export function endpointKey(url: string, ordinal: number): string {
  return createHash('sha256')
    .update(JSON.stringify(['notify', url, ordinal]))
    .digest('base64url')
    .slice(0, 22)
}

/** A digest of everything that is set for an endpoint. */
export function settingsDigest(settings: object): string {
  return createHash('sha256').update(JSON.stringify(settings)).digest('base64url').slice(0, 22)
}
