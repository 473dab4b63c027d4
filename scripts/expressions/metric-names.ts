/** Words of PromQL that stand where a metric could. */
const keywords = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan', 'start', 'end', 'atan2'])

const strings = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/g
const matchers = /\{[^}]*\}/g
const ranges = /\[[^\]]*\]/g
const labelLists = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/gi
const grouping = /\b(?:by|without|on|ignoring|group_left|group_right)\b/gi
const identifier = /(?<![\w:.])[a-zA-Z_:][\w:]*(?!\s*\()(?![\w:])/g

/** The names of the metrics in an expression of PromQL. */
export function metricNamesIn(expression: string): readonly string[] {
  const rest = expression
    .replace(strings, '""')
    .replace(matchers, '')
    .replace(ranges, '')
    .replace(labelLists, ' ')
    .replace(grouping, ' ')
  const names = [...rest.matchAll(identifier)].map(([name]) => name)
  return [...new Set(names.filter((name) => !keywords.has(name.toLowerCase())))]
}
