import type { Operation } from './operation.ts'

const values = Symbol('values')

type WithValues = object & { readonly [values]?: Map<object, unknown> }

/**
 * Creates a value when an operation first needs it, and keeps it as long as the operation. It is a hidden member of the
 * operation, which a copy of the operation does not have: the entries of a WeakMap survive until a garbage collection of the
 * whole heap, and were most of what it grew by.
 */
export function perOperation<Value>(create: (operation: Operation) => Value): (operation: Operation) => Value {
  return (operation) => {
    const known = valuesOf(operation)
    if (known.has(create)) return known.get(create) as Value
    const value = create(operation)
    known.set(create, value)
    return value
  }
}

/** Drops the values of an operation that has ended. A package keeps the operation by a WeakMap. */
export function dropValues(operation: object): void {
  valuesOf(operation).clear()
}

function valuesOf(operation: WithValues): Map<object, unknown> {
  const known = operation[values]
  if (known) return known
  const created = new Map<object, unknown>()
  Object.defineProperty(operation, values, { value: created })
  return created
}
