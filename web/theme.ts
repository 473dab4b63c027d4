import { createStore } from './store.ts'

type Theme = 'light' | 'dark'

const name = 'certgraph-theme'
const dark = matchMedia('(prefers-color-scheme: dark)')
const systemTheme = (): Theme => (dark.matches ? 'dark' : 'light')

/** The theme of the page: that of the system, unless the reader has chosen the other one. */
export const theme = createStore<Theme>(readChoice() ?? systemTheme())

/** Applies the theme, and follows the system while there is no choice. */
export function startTheme(): () => void {
  const apply = () => {
    document.documentElement.dataset['theme'] = theme.get()
  }
  const follow = () => theme.set(readChoice() ?? systemTheme())
  apply()
  const stop = theme.subscribe(apply)
  dark.addEventListener('change', follow)
  return () => {
    stop()
    dark.removeEventListener('change', follow)
  }
}

export function switchTheme(): void {
  const next = theme.get() === 'dark' ? 'light' : 'dark'
  try {
    if (next === systemTheme()) localStorage.removeItem(name)
    else localStorage.setItem(name, next)
  } catch {
    // Storage is blocked: the choice ends with the tab.
  }
  theme.set(next)
}

function readChoice(): Theme | null {
  try {
    const choice = localStorage.getItem(name)
    return choice === 'light' || choice === 'dark' ? choice : null
  } catch {
    return null
  }
}
