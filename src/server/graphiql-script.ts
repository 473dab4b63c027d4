/**
 * The script that starts GraphiQL in the browser, with the settings that the page has as JSON.
 *
 * Tabs: GraphiQL keeps them in localStorage, and opens a further one when the first query is not among them. It keeps
 * that query apart, and only once it was edited. The URL has the query of the open tab, unless it is so long that a server
 * refuses the URL.
 *
 * Schema: GraphiQL reads it once, which fails without the key that a server requires. Its shortcut for reading it again is
 * used when the headers were edited. The delay lets a key be typed.
 */
export const graphiqlScript = `'use strict'
{
  const { workers, options } = JSON.parse(document.getElementById('settings').textContent)
  self.MonacoEnvironment = { globalAPI: false, getWorkerUrl: (_module, label) => workers[label] }

  function readTabs() {
    try {
      const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem('graphiql:tabState'))
      return { tabs, active: tabs[activeTabIndex] ?? tabs[0] }
    } catch {
      return undefined
    }
  }

  const linked = new URL(location).searchParams.get('query')
  const kept = readTabs()
  if (kept !== undefined) {
    const tab = linked ? (kept.tabs.find(({ query }) => query === linked) ?? { query: linked }) : kept.active
    options.query = tab?.query ?? ''
    options.variables = tab?.variables ?? ''
  } else if (linked) {
    options.defaultTabs = [{ query: linked }, ...options.defaultTabs.filter(({ query }) => query !== linked)]
  }

  options.onEditQuery = (query) => {
    const url = new URL(location)
    url.searchParams.set('query', query)
    if (query === '' || url.href.length > 4_000) url.searchParams.delete('query')
    history.replaceState({}, '', url)
  }

  let hasSchema = false
  options.onSchemaChange = () => {
    hasSchema = true
  }

  let delay
  options.onEditHeaders = () => {
    clearTimeout(delay)
    if (!hasSchema) {
      const shortcut = new KeyboardEvent('keydown', { key: 'R', ctrlKey: true, shiftKey: true })
      delay = setTimeout(() => window.dispatchEvent(shortcut), 700)
    }
  }

  YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), options)
}
`
