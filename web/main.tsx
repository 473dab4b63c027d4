import { render } from 'preact'
import { App } from './app.tsx'
import { startClock } from './clock.ts'
import { createPageContext, PageProvider } from './page-context.ts'
import { startRouter } from './router.ts'
import { startTheme } from './theme.ts'

const root = document.getElementById('page')
const page = createPageContext()
startTheme()
startRouter()
startClock(page.clock, page.session)
if (root)
  render(
    <PageProvider value={page}>
      <App />
    </PageProvider>,
    root,
  )
