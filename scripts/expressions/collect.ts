import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parse, parseAllDocuments } from 'yaml'

/** An expression of PromQL, and where it is from. */
export interface Expression {
  readonly origin: string
  readonly text: string
}

/** What some files contain. */
export interface Collected {
  readonly expressions: readonly Expression[]
  /** The names of recording rules. */
  readonly recorded: readonly string[]
}

/** Collects the expressions of dashboards (JSON) and of rules (YAML), also in a template of a Helm chart. */
export function collectExpressions(paths: readonly string[]): Collected {
  const collected = paths.flatMap((path) => filesIn(path).map((file) => collectFile(file, relative('.', file))))
  return {
    expressions: collected.flatMap(({ expressions }) => expressions),
    recorded: collected.flatMap(({ recorded }) => recorded),
  }
}

function filesIn(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path]
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' })
  return names.filter((name) => /\.(json|ya?ml)$/.test(name)).map((name) => join(path, name))
}

function collectFile(file: string, name: string): Collected {
  const text = readFileSync(file, 'utf8')
  if (file.endsWith('.json')) return { expressions: fromDashboard(JSON.parse(text), name), recorded: [] }
  if (text.includes('{{- ')) return { expressions: fromTemplate(text, name, valuesBeside(file)), recorded: [] }
  const rules = parseAllDocuments(text).flatMap((document) => rulesIn(document.toJS()))
  return {
    expressions: rules.map(({ expr, alert, record }) => ({ origin: `${name} ${alert ?? record}`, text: String(expr) })),
    recorded: rules.flatMap(({ record }) => record ?? []),
  }
}

interface Rule {
  readonly expr: unknown
  readonly alert?: string
  readonly record?: string
}

/** The rules of a file for Prometheus, or of a PrometheusRule of Kubernetes. */
function rulesIn(document: unknown): readonly Rule[] {
  const { groups, spec } = Object(document)
  const list: unknown = groups ?? Object(spec).groups
  if (!Array.isArray(list)) return []
  return list.flatMap(({ rules = [] }: { readonly rules?: readonly Rule[] }) => rules)
}

/** How Grafana spells a variable. */
const variable = /\$\{(\w+)(?::\w+)?\}|\$(\w+)/g

/** Values of Grafana's own variables. */
const builtIn: Readonly<Record<string, string>> = {
  __interval: '1m',
  __rate_interval: '1m',
  __range: '1h',
  __interval_ms: '60000',
  __range_s: '3600',
}

function fromDashboard(dashboard: unknown, origin: string): readonly Expression[] {
  const values = new Map(Object.entries(builtIn))
  const { templating } = Object(dashboard)
  for (const { name, current, query } of (Object(templating).list ?? []) as readonly TemplateVariable[]) {
    const first = typeof query === 'string' ? query.split(',')[0] : undefined
    const value = [Object(current).value].flat()[0] ?? first
    // A variable with the value "All" is in a regular expression.
    values.set(
      name,
      value === undefined || /^\$__all$/.test(String(value)) || /\(/.test(String(value)) ? '.*' : String(value),
    )
  }
  const resolve = (text: string) =>
    text.replace(variable, (_match, braced?: string, plain?: string) => values.get(braced ?? plain ?? '') ?? '.*')
  return expressionsIn(dashboard).map((text) => ({ origin, text: resolve(text) }))
}

interface TemplateVariable {
  readonly name: string
  readonly current?: unknown
  readonly query?: unknown
}

/** The members `expr` at any depth, and the queries of variables, such as `label_values(metric, label)`. */
function expressionsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  const members: readonly (readonly [string, unknown])[] = Object.entries(value)
  return members.flatMap(([name, member]) => {
    if (typeof member !== 'string') return expressionsIn(member)
    if (name === 'expr') return [member]
    const [, metric] = /^(?:label_values|query_result)\((.*?)(?:,\s*\w+)?\)$/s.exec(member) ?? []
    return (name === 'query' || name === 'definition') && metric !== undefined ? [metric] : []
  })
}

/** `expr: {{ default "…" … }}` and `expr: {{ default (printf "…" .Values.a.b) … }}`. */
const templated =
  /^\s*expr: \{\{-? *default +(?:"((?:[^"\\]|\\.)*)"|\(printf +"((?:[^"\\]|\\.)*)"((?: +\.Values[\w.]+)*)\))/gm

function fromTemplate(text: string, origin: string, chartValues: unknown): readonly Expression[] {
  return [...text.matchAll(templated)].map(([, plain, format = '', words = '']) => {
    const given = words
      .trim()
      .split(/ +/)
      .map((word) => valueAt(chartValues, word.split('.').slice(2)))
    const filled = plain ?? format.replaceAll('%v', () => String(given.shift()))
    return { origin, text: filled.replace(/\\(.)/g, '$1') }
  })
}

function valuesBeside(template: string): unknown {
  const file = join(dirname(template), '../values.yaml')
  return existsSync(file) ? parse(readFileSync(file, 'utf8')) : {}
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((part, name) => Object(part)[name], value)
}
