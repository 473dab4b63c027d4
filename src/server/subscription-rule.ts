import { Kind, OperationTypeNode, type SelectionSetNode, type ValidationRule } from 'graphql'
import { RequestError } from './request-error.ts'

/**
 * The one field of a subscription cannot be left out: the GraphQL specification of 2025 forbids @skip and @include there
 * ("Single Root Field"). graphql-js fails instead, from the visit of the operation on, so this rule looks at the document.
 * @throws RequestError
 */
export const subscriptionRule: ValidationRule = (context) => {
  function check({ selections }: SelectionSetNode, seen: Set<SelectionSetNode>): void {
    for (const selection of selections) {
      const { kind, directives = [] } = selection
      const condition = directives.find(({ name }) => name.value === 'skip' || name.value === 'include')
      if (condition) {
        throw new RequestError(
          'BAD_USER_INPUT',
          `@${condition.name.value} is not allowed at the field of a subscription, or at a fragment with it; leave it out.`,
        )
      }
      if (kind === Kind.FIELD) continue
      const fragment = kind === Kind.INLINE_FRAGMENT ? selection : context.getFragment(selection.name.value)
      if (!fragment || seen.has(fragment.selectionSet)) continue
      seen.add(fragment.selectionSet)
      check(fragment.selectionSet, seen)
    }
  }

  return {
    Document({ definitions }) {
      for (const node of definitions) {
        if (node.kind === Kind.OPERATION_DEFINITION && node.operation === OperationTypeNode.SUBSCRIPTION)
          check(node.selectionSet, new Set())
      }
    },
  }
}
