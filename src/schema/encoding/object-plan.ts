import {
  type FieldNode,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isLeafType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql'
import type { ResponsePath } from '../../encoded-lists.ts'
import { responseNameOf, type Selections } from '../selections.ts'
import {
  type ChangesAt,
  type DependsOn,
  type IsConstant,
  readChanges,
  readConstant,
  readDependency,
} from './constant.ts'
import { EncodedObjects, EncodedPages } from './encoded-objects.ts'
import { originalResolver, type Resolver } from './list-resolvers.ts'

/** How the selected fields of an object are converted to JSON. */
export interface ObjectPlan {
  readonly type: GraphQLObjectType
  readonly fields: readonly FieldPlan[]
  /** The texts that were made; null for objects that one operation alone has. */
  readonly kept: EncodedObjects<Hole> | null
}

interface NamedField {
  /** The name in the response. */
  readonly key: string
  readonly field: GraphQLField<unknown, unknown>
  readonly nodes: readonly FieldNode[]
  /** Returns the value itself. */
  readonly resolve: Resolver
}

export interface LeafPlan extends NamedField {
  readonly kind: 'leaf'
  readonly type: GraphQLLeafType
  /** Null when it never is. */
  readonly isConstant: IsConstant | null
  /** Null when it changes at any time. */
  readonly changesAt: ChangesAt | null
  /** Null when it depends on nothing else, or on anything. */
  readonly dependsOn: DependsOn | null
}

export interface NestedPlan extends NamedField {
  readonly kind: 'nested'
  readonly isConstant: IsConstant
  readonly selection: SelectionPlan
}

interface TypenamePlan {
  readonly kind: 'typename'
  readonly key: string
}

export type FieldPlan = LeafPlan | NestedPlan | TypenamePlan

/** A field of an object of the list, or of an object below it. */
export interface FieldOf<Plan> {
  readonly plan: Plan
  readonly parent: GraphQLObjectType
  readonly source: object
  /** Where the field is below the object of the list. */
  readonly path: ResponsePath
}

/** A field whose value is found for each operation. */
export type Hole = FieldOf<LeafPlan>

/** The plans for the objects of one list or field, by their type. */
export class SelectionPlan {
  /** The type of the list's items, or of the field. */
  readonly type: GraphQLNamedType
  /** The texts of whole lists; null when the plan serves one operation. */
  readonly pages: EncodedPages | null
  readonly #selections: Selections
  readonly #sets: readonly SelectionSetNode[]
  readonly #isKept: boolean
  readonly #types: ReadonlyMap<string, GraphQLObjectType>
  /** The only type that the objects can have; null when each has the name of its type. */
  readonly #onlyType: string | null
  readonly #plans = new Map<string, ObjectPlan | null>()

  /** @param isKept whether the plan serves more than one operation */
  constructor(selections: Selections, sets: readonly SelectionSetNode[], type: GraphQLNamedType, isKept: boolean) {
    this.type = type
    this.pages = isKept && !isTransient(type) ? new EncodedPages() : null
    this.#selections = selections
    this.#sets = sets
    this.#isKept = isKept
    this.#types = new Map(selections.typesOf(type).map((each) => [each.name, each]))
    this.#onlyType = isObjectType(type) ? type.name : null
  }

  /** Null when a field of the object has to be completed by the executor. */
  of(source: object): ObjectPlan | null {
    const name = this.#onlyType ?? ('__typename' in source ? source.__typename : null)
    return typeof name === 'string' ? this.#ofType(name) : null
  }

  #ofType(name: string): ObjectPlan | null {
    const known = this.#plans.get(name)
    if (known !== undefined) return known
    const type = this.#types.get(name)
    const fields = type ? this.#fieldsOf(type) : null
    const isUseful = fields?.some((plan) => plan.kind === 'nested' || (plan.kind === 'leaf' && plan.isConstant))
    const kept = type && this.#isKept && !isTransient(type) ? new EncodedObjects<Hole>() : null
    const plan = type && fields && isUseful ? { type, fields, kept } : null
    this.#plans.set(name, plan)
    return plan
  }

  #fieldsOf(type: GraphQLObjectType): readonly FieldPlan[] | null {
    const fields: FieldPlan[] = []
    for (const [key, nodes] of this.#collect(type)) {
      const name = nodes[0]?.name.value ?? ''
      const field = type.getFields()[name]
      const plan: FieldPlan | null =
        name === '__typename' ? { kind: 'typename', key } : field ? this.#planOf(key, field, nodes) : null
      if (!plan) return null
      fields.push(plan)
    }
    return fields
  }

  #planOf(key: string, field: GraphQLField<unknown, unknown>, nodes: readonly FieldNode[]): FieldPlan | null {
    const type: GraphQLNamedType = getNamedType(field.type)
    if (field.args.length > 0) return null
    const isConstant = readConstant(field)
    const resolve = originalResolver(field)
    if (isLeafType(type)) {
      const [changesAt, dependsOn] = [readChanges(field), readDependency(field)]
      return { kind: 'leaf', key, field, nodes, resolve, type, isConstant, changesAt, dependsOn }
    }
    if (!isConstant) return null
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
    const selection = new SelectionPlan(this.#selections, sets, type, this.#isKept)
    return selection.#isPlain() ? { kind: 'nested', key, field, nodes, resolve, isConstant, selection } : null
  }

  /** Whether the objects have no field whose error would make them null. */
  #isPlain(): boolean {
    const plans = [...this.#types.keys()].map((name) => this.#ofType(name))
    return plans.every((plan) =>
      plan?.fields.every((each) => each.kind !== 'leaf' || each.isConstant || !isNonNullType(each.field.type)),
    )
  }

  /** The fields of an object by their names in the response, in their order there. */
  #collect(type: GraphQLObjectType): ReadonlyMap<string, readonly FieldNode[]> {
    const fields = new Map<string, FieldNode[]>()
    const seen = new Set<SelectionSetNode>()
    const visit = (set: SelectionSetNode) => {
      if (seen.has(set)) return
      seen.add(set)
      for (const node of this.#selections.applying(type, set)) {
        if (node.kind === Kind.SELECTION_SET) visit(node)
        else {
          const key = responseNameOf(node)
          const same = fields.get(key)
          if (same) same.push(node)
          else fields.set(key, [node])
        }
      }
    }
    for (const set of this.#sets) visit(set)
    return fields
  }
}

/** Whether the objects of a type belong to one operation. */
function isTransient({ extensions }: GraphQLNamedType): boolean {
  return extensions['transient'] === true
}
