import { toSummary } from './text.ts'
import type { Verdict } from './verdict.ts'

/** The result for programs. Names are those of the vendors, unchanged. */
export function toJson(verdict: Verdict, now: number): string {
  const { status, exitCode, total, counts, certificates, problems } = verdict
  const result = {
    status,
    exitCode,
    summary: toSummary(verdict),
    checkedAt: new Date(now).toISOString(),
    counts: {
      certificates: total,
      expired: counts.EXPIRED,
      critical: counts.CRITICAL,
      warning: counts.WARNING,
      unknownExpiry: counts.UNKNOWN,
      problems: problems.length,
    },
    certificates: certificates.map(({ level, daysLeft, expiryStatus: _, owner, ...certificate }) => ({
      ...certificate,
      owner: owner?.name ?? null,
      status: level,
      daysUntilExpiry: daysLeft,
    })),
    problems: problems.map(({ text, detail, source }) => ({
      text,
      detail,
      place: source?.place ?? null,
      kind: source?.kind ?? null,
      error: source?.error ?? null,
    })),
  }
  return `${JSON.stringify(result, null, 2)}\n`
}
