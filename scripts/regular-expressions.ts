import process from 'node:process'
import { check, type Diagnostics } from 'recheck'
import ts from 'typescript'

/** A regular expression in the code. */
export interface RegularExpression {
  readonly line: number
  /** As in the code: `/a+/g`, or `new RegExp(text)`. */
  readonly text: string
  /** The pattern and the flags of a literal; null when the pattern is not in the code. */
  readonly literal: { readonly pattern: string; readonly flags: string } | null
}

/** The regular expressions of a TypeScript file: literals, conversions of texts, and other uses of RegExp. */
export function findRegularExpressions(file: string, text: string): readonly RegularExpression[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const found: RegularExpression[] = []
  const add = (node: ts.Node, literal: RegularExpression['literal']) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source))
    found.push({ line: line + 1, text: node.getText(source), literal })
  }
  const visit = (node: ts.Node) => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/')
      add(node, { pattern: node.text.slice(1, end), flags: node.text.slice(end + 1) })
    }
    if (isConversion(node)) add(node, null)
    if (isConstructor(node)) add(useOf(node), null)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** The methods of texts that convert a text argument to a regular expression. */
const convertingMethods: ReadonlySet<string> = new Set(['match', 'matchAll', 'search'])

/** Whether a node is the constructor RegExp as a value: neither a type nor in `a instanceof RegExp`. */
function isConstructor(node: ts.Node): boolean {
  const { parent } = node
  if (ts.isStringLiteralLike(node)) return node.text === 'RegExp' && ts.isElementAccessExpression(parent)
  if (!ts.isIdentifier(node) || node.text !== 'RegExp' || ts.isTypeNode(parent)) return false
  return !(ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword)
}

/** The access to the constructor, and its call. */
function useOf(node: ts.Node): ts.Node {
  const { parent } = node
  const isAccess = ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent)
  const isCall = (ts.isNewExpression(parent) || ts.isCallExpression(parent)) && parent.expression === node
  return isAccess || isCall ? useOf(parent) : node
}

/** Whether a method converts a text to a regular expression. */
function isConversion(node: ts.Node): boolean {
  if (!ts.isNewExpression(node) && !ts.isCallExpression(node)) return false
  const { expression, arguments: [argument] = [] } = node
  if (!ts.isPropertyAccessExpression(expression)) return false
  const isText = argument && (ts.isStringLiteralLike(argument) || ts.isTemplateExpression(argument))
  return convertingMethods.has(expression.name.text) && isText === true
}

/** Long enough for a busy machine. A pattern that needs more is simplified. */
const maxMilliseconds = 60_000

/**
 * Why a literal may take a time that is not linear in the length of a text; null when it is safe.
 * @param timeout milliseconds
 */
export async function findProblem(
  { pattern, flags }: { readonly pattern: string; readonly flags: string },
  timeout = maxMilliseconds,
): Promise<string | null> {
  // The other backends are a binary and a Java archive, which differ by platform.
  process.env['RECHECK_BACKEND'] = 'pure'
  let result = await check(pattern, flags, { timeout })
  // recheck confirms an attack on a generated text by its duration. On a busy machine, a safe pattern is slow at times.
  for (let retries = 2; retries > 0 && result.status === 'vulnerable' && result.checker === 'fuzz'; retries--) {
    result = await check(pattern, flags, { timeout })
  }
  return result.status === 'safe' ? null : toProblem(result)
}

function toProblem(result: Diagnostics): string {
  if (result.status === 'vulnerable')
    return `${result.complexity.summary}, for example with ${result.attack.pattern.slice(0, 100)}; expected linear time`
  if (result.status === 'unknown') return `not checked: ${result.error.kind}; expected a pattern that can be checked`
  return 'safe'
}
