import { useLayoutEffect, useState } from 'preact/hooks'

/** A value that components follow. */
export interface Store<T> {
  get(): T
  set(next: T): void
  subscribe(listener: () => void): () => void
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return
      value = next
      for (const listener of [...listeners]) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** The present value of a store, or what `select` makes of it. The component is rendered again when that changes. */
export function useStore<T>(store: Store<T>): T
export function useStore<T, Selected>(store: Store<T>, select: (value: T) => Selected): Selected
export function useStore<T>(store: Store<T>, select: (value: T) => unknown = (value) => value): unknown {
  const [, render] = useState({})
  const selected = select(store.get())
  useLayoutEffect(() => {
    let last = selected
    const update = () => {
      const next = select(store.get())
      if (Object.is(next, last)) return
      last = next
      render({})
    }
    // The value may have changed between rendering and this effect.
    update()
    return store.subscribe(update)
  })
  return selected
}
