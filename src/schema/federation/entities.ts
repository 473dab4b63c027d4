import { InterfaceRef, type ObjectRef } from '@pothos/core'
import type { Builder, Types } from '../builder.ts'

/** Makes a type with global ids an entity: another subgraph can refer to its nodes by `id` or by the vendor's own key. */
export type AsEntity = (type: ObjectRef<Types, object> | InterfaceRef<Types, object>) => void

export interface Entities {
  readonly asEntity: AsEntity
  /** The members of the union `_Entity`: every object type that is an entity. */
  readonly types: readonly ObjectRef<Types, object>[]
}

/** `vendorKey` returns the selection of a type's second key, if it has one. */
export function createEntities(builder: Builder, vendorKey: (typename: string) => string | undefined): Entities {
  const types: ObjectRef<Types, object>[] = []
  const asEntity: AsEntity = (type) => {
    const own = vendorKey(type.name)
    const key = [{ fields: 'id' }, ...(own === undefined ? [] : [{ fields: own }])]
    builder.configStore.onTypeConfig(type, (config) => {
      config.extensions = { ...config.extensions, directives: { key } }
    })
    if (!(type instanceof InterfaceRef)) types.push(type)
  }
  return { asEntity, types }
}
