import { randomBytes } from 'node:crypto'

/** A credential that exists for this run only. */
export function createSecret(prefix = ''): string {
  return prefix + randomBytes(24).toString('hex')
}
