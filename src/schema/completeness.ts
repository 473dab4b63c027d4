import type { Types } from './builder.ts'

/** A result that may lack something. */
interface Incomplete {
  readonly incompleteReasons: readonly string[]
}

/** The fields `complete` and `incompleteReasons`: a result is complete when there is no reason why it is not. */
export function describeCompleteness<Parent extends Incomplete>(
  fields: PothosSchemaTypes.ObjectFieldBuilder<Types, Parent>,
  description: string,
) {
  return {
    complete: fields.boolean({
      description,
      resolve: ({ incompleteReasons }) => incompleteReasons.length === 0,
    }),
    incompleteReasons: fields.stringList({
      description:
        'Why `complete` is false, one sentence each, for people: a source that failed, rows that were lost, a filter that ' +
        'could not be applied, an incomplete page before this one, or a place in the list of the caller that exists ' +
        'nowhere. Empty when `complete` is true.',
      resolve: ({ incompleteReasons }) => incompleteReasons,
    }),
  }
}
