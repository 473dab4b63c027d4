import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

export interface AlertRule {
  readonly alert: string
  readonly expr: string
  readonly for: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

interface RecordingRule {
  readonly record: string
  readonly expr: string
}

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly (AlertRule | RecordingRule)[] }[]
}

export const rulePath = 'deploy/prometheus/rules.yaml'

const file: RuleFile = parse(readFileSync(rulePath, 'utf8'))

const rules = file.groups.flatMap((group) => group.rules)

export const alertRules: readonly AlertRule[] = rules.flatMap((rule) => ('alert' in rule ? rule : []))

export const recordingRules: readonly RecordingRule[] = rules.flatMap((rule) => ('record' in rule ? rule : []))

/** An expression with the expressions of recorded metrics instead of their names. */
export function withoutRecords(expression: string): string {
  const longestFirst = recordingRules.toSorted((a, b) => b.record.length - a.record.length)
  const expanded = longestFirst.reduce(
    (text, { record, expr }) => text.replaceAll(record, () => `(${expr})`),
    expression,
  )
  return expanded === expression ? expression : withoutRecords(expanded)
}
