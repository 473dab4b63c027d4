import { Provider } from '@urql/preact'
import { render } from 'preact'
import { App } from './app.tsx'
import { createApiClient } from './client.ts'

const root = document.getElementById('page')
if (root)
  render(
    <Provider value={createApiClient()}>
      <App />
    </Provider>,
    root,
  )
