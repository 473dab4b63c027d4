import { maxAliasesRule } from '@escape.tech/graphql-armor-max-aliases'
import { maxDepthRule } from '@escape.tech/graphql-armor-max-depth'
import { maxDirectivesRule } from '@escape.tech/graphql-armor-max-directives'
import {
  type FragmentDefinitionNode,
  Kind,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql'
import type { RequestLimits } from '../limits.ts'
import { beyond } from './request-error.ts'

/**
 * Rules that refuse a document beyond a limit. They throw: no other rule has to look at such a document any more. The
 * packages count, without ever refusing; their own refusals have neither code nor numbers.
 */
export function limitRules({ depth, aliases, rootFields, directives }: RequestLimits): readonly ValidationRule[] {
  const atMost = (setting: string, what: string, limit: number) => ({
    n: Number.POSITIVE_INFINITY,
    onAccept: [
      (_context: unknown, { n }: { readonly n: number }) => {
        if (n > limit) throw beyond(setting, what, n, limit)
      },
    ],
  })
  return [
    maxDepthRule({ ...atMost('depth', 'The query is nested to a depth of', depth), flattenFragments: true }),
    // An alias of __typename is one like any other: it has no price either.
    maxAliasesRule({ ...atMost('aliases', 'The number of aliases is', aliases), allowList: [] }),
    maxDirectivesRule(atMost('directives', 'The number of directives is', directives)),
    rootFieldsRule(rootFields),
  ]
}

function rootFieldsRule(limit: number): ValidationRule {
  return (context) => ({
    OperationDefinition({ selectionSet }) {
      const count = countFields(selectionSet, context, new Map())
      if (count > limit) throw beyond('rootFields', 'The number of root fields is', count, limit)
    },
  })
}

/** Fields of a selection set, those of its fragments included, each fragment looked into once. */
function countFields(
  { selections }: SelectionSetNode,
  context: ValidationContext,
  counted: Map<FragmentDefinitionNode, number>,
): number {
  let count = 0
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) count += 1
    else if (selection.kind === Kind.INLINE_FRAGMENT) count += countFields(selection.selectionSet, context, counted)
    else {
      const fragment = context.getFragment(selection.name.value)
      if (!fragment) continue
      let inFragment = counted.get(fragment)
      if (inFragment === undefined) {
        // A fragment within itself is refused by another rule; here it must only come to an end.
        counted.set(fragment, 0)
        inFragment = countFields(fragment.selectionSet, context, counted)
        counted.set(fragment, inFragment)
      }
      count += inFragment
    }
  }
  return count
}
