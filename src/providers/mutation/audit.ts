import type { Logger } from 'pino'
import type { Operation } from '../../operation.ts'
import { hasPrivateKey } from '../../private-key.ts'
import { idPattern } from '../../upstream/url.ts'

/** The vendor's ids of what a mutation is about, by kind. */
export type AuditSubject = Readonly<Record<string, string | readonly string[] | null | undefined>>

/** One attempt to change something. */
interface AuditEntry {
  readonly mutation: string
  readonly dryRun: boolean
  /** As the caller gave them: not checked. */
  readonly subject: AuditSubject
  /** Ids that the vendor assigned. */
  readonly assigned?: AuditSubject | undefined
  /** Whether the result is that of an earlier request with the same idempotency key. */
  readonly isRepeated?: boolean | undefined
  /** `OK`, or the code of the error. */
  readonly result: string
}

/** Creates the function that writes the audit lines. They are written at every log level except `silent`. */
export function createAuditLog(log: Logger) {
  const lines = log.level === 'silent' ? log : log.child({}, { level: 'info' })
  return (
    { caller, requestId }: Operation,
    { mutation, dryRun, subject, assigned, isRepeated, result }: AuditEntry,
  ): void => {
    const ids = toSafeIds({ ...subject, ...assigned })
    lines.info(
      {
        audit: mutation,
        caller: caller.name,
        requestId,
        dryRun,
        ...ids,
        ...(isRepeated && { repeated: true }),
        result,
      },
      `audit: ${mutation}`,
    )
  }
}

/** No mutation takes more. */
const maxIds = 10

/** What a caller gives as an id can be anything, a private key included. */
function toSafeIds(subject: AuditSubject): AuditSubject {
  const ids = Object.entries(subject).map(([kind, value]) => [
    kind,
    typeof value === 'string' ? toSafeId(value) : value?.slice(0, maxIds).map(toSafeId),
  ])
  return Object.fromEntries(ids)
}

function toSafeId(id: string): string {
  return idPattern.test(id) && !hasPrivateKey(id) ? id : '(not an id)'
}
