import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

export interface AlertRule {
  readonly alert: string
  readonly expr: string
  readonly for: string
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly AlertRule[] }[]
}

export const rulePath = 'deploy/prometheus/rules.yaml'

const file: RuleFile = parse(readFileSync(rulePath, 'utf8'))

export const alertRules: readonly AlertRule[] = file.groups.flatMap(({ rules }) => rules)
