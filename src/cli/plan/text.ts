import type { CallPlanReport } from '../../call-plan.ts'
import type { PlanLine } from '../../call-plan-line.ts'
import { toAscii } from '../plain-line.ts'
import { toTable } from '../table.ts'

/** The lines of a plan as a table, and their sum. */
export function toPlanText(plan: CallPlanReport): string {
  const header = ['CALLS', 'CACHED', 'LEFT', 'VENDOR', 'ACCOUNT', 'RESOURCE', 'PLACE', 'DEPENDS ON']
  const rows = plan.lines.map((line) => [
    toCountText(line),
    line.cached ? 'yes' : 'no',
    line.rateLimitRemaining === null ? '-' : String(line.rateLimitRemaining),
    toAscii(line.provider),
    toAscii(line.account ?? '(not known)'),
    toAscii(line.resource ?? '(not known)'),
    toAscii(line.place ?? '(not known)'),
    toAscii(line.dependsOn.join(', '), 200),
  ])
  const table =
    rows.length > 0 ? [...toTable([header, ...rows], (name) => name === 'CALLS' || name === 'LEFT'), ''] : []
  return [...table, `${toCountText(plan)} calls`, ''].join('\n')
}

function toCountText({ calls, minimum = 0, maximum = null }: Partial<Pick<PlanLine, 'calls' | 'minimum' | 'maximum'>>) {
  if (calls !== undefined) return String(calls)
  return maximum === null ? `${minimum} or more` : `${minimum} to ${maximum}`
}
