import { parseRoute } from './routes.ts'
import { createStore, useStore } from './store.ts'

/** Where the page is. The whole state of a view is in it. */
export interface Place {
  readonly path: string
  /** The query string with its question mark, or empty. */
  readonly search: string
}

const readPlace = (): Place => ({ path: location.pathname, search: location.search })

const place = createStore<Place>(readPlace())

export const usePlace = (): Place => useStore(place)

interface NavigateOptions {
  /** Changes the current entry of the history, as while a text is typed. */
  readonly replace?: boolean
}

/** Opens a path with its query string. */
export function navigate(href: string, { replace = false }: NavigateOptions = {}): void {
  const { path, search } = place.get()
  if (replace) history.replaceState(null, '', href)
  else if (href !== path + search) history.pushState(null, '', href)
  const next = readPlace()
  place.set(next)
  // Filters change the list under the reader's eyes; another view begins at its top.
  if (!replace && next.path !== path) scrollTo(0, 0)
}

/** Opens links to views of the page without loading it again. Returns a function that stops this. */
export function startRouter(): () => void {
  const abort = new AbortController()
  const { signal } = abort
  addEventListener('popstate', () => place.set(readPlace()), { signal })
  document.addEventListener('click', openLink, { signal })
  return () => abort.abort()
}

function openLink(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null
  if (!link || link.hasAttribute('download') || link.hasAttribute('target')) return
  const url = new URL(link.getAttribute('href') ?? '', location.href)
  const isOnPage = url.pathname === location.pathname && url.search === location.search && url.hash !== ''
  if (url.origin !== location.origin || isOnPage || parseRoute(url.pathname).view === 'unknown') return
  event.preventDefault()
  navigate(url.pathname + url.search)
  if (link.hasAttribute('data-top')) showTop()
}

/** Begins a list again at its heading, after a link that may be gone. */
function showTop(): void {
  scrollTo(0, 0)
  document.querySelector('h1')?.focus({ preventScroll: true })
}
