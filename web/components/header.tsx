import { useSession } from '../page-context.ts'
import { usePlace } from '../router.ts'
import { certificatesPath, changesPath, overviewPath, parseRoute, sourcesPath } from '../routes.ts'
import { changeKey } from '../session.ts'
import { useStore } from '../store.ts'
import { switchTheme, theme } from '../theme.ts'
import { Icon } from './icon.tsx'

const links = [
  { path: overviewPath, view: 'overview', text: 'Overview' },
  { path: certificatesPath, view: 'certificates', text: 'Certificates' },
  { path: sourcesPath, view: 'sources', text: 'Sources' },
  { path: changesPath, view: 'changes', text: 'Changes' },
] as const

/** The navigation, and what is about the page as a whole. */
export function Header() {
  const { path } = usePlace()
  const { view } = parseRoute(path)
  const session = useSession()
  const { isSandbox, key, access } = useStore(session)
  return (
    <header class="header">
      <div>
        <a class="brand" href={overviewPath}>
          <svg viewBox="0 0 32 32" width="22" height="22" aria-hidden="true">
            <rect width="32" height="32" rx="7" fill="#2f6fde" />
            <path d="M9 16.5l5 5L23.5 11" fill="none" stroke="#fff" stroke-width="3.5" stroke-linecap="round" />
          </svg>
          certgraph
        </a>
        <nav aria-label="Views">
          <ul>
            {links.map((link) => (
              <li key={link.path}>
                <a
                  href={link.path}
                  aria-current={
                    link.path === path
                      ? 'page'
                      : link.view === 'certificates' && view === 'certificate'
                        ? 'true'
                        : undefined
                  }
                >
                  {link.text}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div class="tools">
          {/* It has its space before the first answer, so that nothing moves. */}
          <span class="badge" title="Emulated vendors with invented certificates" hidden={!isSandbox}>
            Sandbox
          </span>
          {key === null || access !== 'granted' ? null : (
            <button type="button" class="button quiet" onClick={() => changeKey(session, null)}>
              Sign out
            </button>
          )}
          <ThemeSwitch />
        </div>
      </div>
    </header>
  )
}

function ThemeSwitch() {
  const other = useStore(theme) === 'dark' ? 'light' : 'dark'
  const title = `Use the ${other} theme`
  return (
    <button type="button" class="button quiet icon-only" title={title} aria-label={title} onClick={switchTheme}>
      <Icon name={other === 'dark' ? 'moon' : 'sun'} />
    </button>
  )
}
