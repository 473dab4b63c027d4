import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** WCAG 2.2 AA with the earlier versions that it contains, and what axe-core advises besides. */
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

export interface AxeResult {
  /** One line for each element that breaks a rule. */
  readonly violations: readonly string[]
  readonly passed: number
  /** The rules that axe-core could not decide, with their elements. */
  readonly undecided: readonly string[]
}

/** The rules whose results differ between the themes of the same document. */
const colorRules = ['color-contrast', 'link-in-text-block']

/**
 * Examines a document with axe-core. It is evaluated by the debugger, to which the policy of the document does not apply.
 * @param part which rules apply. Default: all
 */
export async function runAxe(page: Page, part: 'all' | 'colors' = 'all'): Promise<AxeResult> {
  await page.evaluate(`globalThis.axe ?? (() => { ${source} })()`)
  const runOnly =
    part === 'all' ? { type: 'tag' as const, values: tags } : { type: 'rule' as const, values: colorRules }
  return page.evaluate(async (only) => {
    const axe = Reflect.get(globalThis, 'axe') as typeof import('axe-core')
    const { violations, passes, incomplete } = await axe.run(document, { runOnly: only })
    const toLines = (rules: typeof violations) =>
      rules.flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help}: ${target.join(' ')}`))
    return { violations: toLines(violations), passed: passes.length, undecided: toLines(incomplete) }
  }, runOnly)
}
