import { Provider } from '@urql/preact'
import { useEffect, useMemo, useRef } from 'preact/hooks'
import { createApiClient } from './client.ts'
import { Header } from './components/header.tsx'
import { KeyEntry } from './components/key-entry.tsx'
import { State } from './components/state.tsx'
import { useSession } from './page-context.ts'
import { usePlace } from './router.ts'
import { overviewPath, parseRoute, type Route } from './routes.ts'
import { useStore } from './store.ts'
import { CertificateView } from './views/certificate.tsx'
import { Certificates } from './views/certificates.tsx'
import { Changes } from './views/changes.tsx'
import { Overview } from './views/overview.tsx'
import { Sources } from './views/sources.tsx'

const titles = {
  overview: 'Overview',
  certificates: 'Certificates',
  certificate: 'Certificate',
  sources: 'Sources',
  changes: 'Changes',
  unknown: 'Not found',
} satisfies Record<Route['view'], string>

export function App() {
  const session = useSession()
  const { path } = usePlace()
  const key = useStore(session, (state) => state.key)
  const access = useStore(session, (state) => state.access)
  // Another key may see other places: its client has nothing of the earlier one.
  const client = useMemo(() => createApiClient(session), [session, key])
  const route = parseRoute(path)
  const main = useRef<HTMLElement>(null)
  const content = access === 'granted' ? path : null
  const shown = useRef(content)
  useEffect(() => {
    // A certificate has its name as the title.
    if (route.view !== 'certificate' || content === null) document.title = `${titles[route.view]} · certgraph`
    // The entry of a key has its own focus.
    if (shown.current !== content && content !== null) focusHeading(main.current)
    shown.current = content
  }, [content, route.view])
  return (
    <Provider value={client}>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <Header />
      <main id="main" ref={main} tabIndex={-1}>
        {access === 'granted' ? <View key={key} route={route} /> : <KeyEntry key={key} />}
      </main>
    </Provider>
  )
}

/** As after a page was loaded: a screen reader reads its heading. */
function focusHeading(element: HTMLElement | null): void {
  element?.querySelector<HTMLElement>('h1')?.focus({ preventScroll: true })
}

function View({ route }: { readonly route: Route }) {
  switch (route.view) {
    case 'overview':
      return <Overview />
    case 'certificates':
      return <Certificates />
    case 'certificate':
      return <CertificateView key={route.id} id={route.id} />
    case 'sources':
      return <Sources />
    case 'changes':
      return <Changes />
    default:
      return <NotFound />
  }
}

function NotFound() {
  return (
    <>
      <h1 class="hidden" tabIndex={-1}>
        Not found
      </h1>
      <State
        icon="unknown"
        title="There is no such page"
        actions={
          <a class="button" href={overviewPath}>
            Go to the overview
          </a>
        }
      >
        The address may have been shortened or mistyped.
      </State>
    </>
  )
}
