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
import { hasPrivateKey } from '../private-key.ts'
import { RequestError, toLimitError } from './request-error.ts'
import { subscriptionRule } from './subscription-rule.ts'

/**
 * Validation rules that throw for a document over a limit, or that no further rule may look at. The packages only count: the
 * errors that they would report have neither a code nor numbers.
 */
export function limitRules({ depth, aliases, rootFields, directives }: RequestLimits): readonly ValidationRule[] {
  const checkCount = (setting: string, what: string, limit: number) => ({
    n: Number.POSITIVE_INFINITY,
    onAccept: [
      (_context: unknown, { n }: { readonly n: number }) => {
        if (n > limit) throw toLimitError(setting, what, n, limit)
      },
    ],
  })
  return [
    maxDepthRule({ ...checkCount('depth', 'The depth of the query is', depth), flattenFragments: true }),
    // By default the package does not count aliases of __typename.
    maxAliasesRule({ ...checkCount('aliases', 'The number of aliases is', aliases), allowList: [] }),
    maxDirectivesRule(checkCount('directives', 'The number of directives is', directives)),
    rootFieldsRule(rootFields),
    aliasRule,
    subscriptionRule,
  ]
}

/** The most characters of an alias. Each object of an answer repeats the aliases of its fields. */
const maxAliasLength = 256

/** The executor takes an object with this member for a promise, and fails. */
const promiseMember = 'then'

const aliasRule: ValidationRule = () => ({
  Field({ alias }) {
    const name = alias?.value ?? ''
    if (name.length > maxAliasLength) {
      const message = `An alias has ${name.length} characters; the limit is ${maxAliasLength}.`
      throw new RequestError('QUERY_TOO_LARGE', message, { measured: { alias: name.length, limit: maxAliasLength } })
    }
    if (name === promiseMember) {
      throw new RequestError('BAD_USER_INPUT', 'The alias "then" is not supported; use another one.')
    }
    if (!hasPrivateKey(name)) return
    throw new RequestError(
      'BAD_USER_INPUT',
      'An alias contains a private key, which is not repeated; replace this key.',
    )
  },
})

function rootFieldsRule(limit: number): ValidationRule {
  return (context) => ({
    OperationDefinition({ selectionSet }) {
      const count = countFields(selectionSet, context, new Map())
      if (count > limit) throw toLimitError('rootFields', 'The number of root fields is', count, limit)
    },
  })
}

/** Counts the fields of a selection set, including those of its fragments. Each fragment is walked once. */
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
        // Ends the recursion of a fragment that contains itself. Another rule reports that fragment.
        counted.set(fragment, 0)
        inFragment = countFields(fragment.selectionSet, context, counted)
        counted.set(fragment, inFragment)
      }
      count += inFragment
    }
  }
  return count
}
