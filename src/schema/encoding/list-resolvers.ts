import { defaultFieldResolver, type GraphQLField, type GraphQLFieldResolver } from 'graphql'
import type { Operation } from '../../operation.ts'

export type Resolver = GraphQLFieldResolver<unknown, Operation>
type Field = Pick<GraphQLField<unknown, Operation>, 'resolve'>

/** The resolvers that return the objects of a list, by the resolvers that have replaced them. */
const originals = new WeakMap<Resolver, Resolver>()

/** Replaces the resolver of a list by one that the executor calls. */
export function replaceResolver(field: Field, toReplacement: (original: Resolver) => Resolver): void {
  const original = field.resolve ?? defaultFieldResolver
  field.resolve = toReplacement(original)
  originals.set(field.resolve, original)
}

/** The resolver that returns the value of a field itself. For a list, these are its objects, and not what the executor gets. */
export function originalResolver({ resolve = defaultFieldResolver }: Field): Resolver {
  return originals.get(resolve) ?? resolve
}
