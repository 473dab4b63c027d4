import { useState } from 'preact/hooks'
import { download } from '../download.ts'
import { useSession } from '../page-context.ts'
import { useStore } from '../store.ts'
import { Menu } from './menu.tsx'

const formats = [
  { path: '/certificates.csv', name: 'CSV', note: 'For spreadsheets' },
  { path: '/expirations.ics', name: 'Calendar', note: 'iCalendar, one event per expiry' },
  { path: '/certificates.json', name: 'JSON', note: 'For programs' },
  { path: '/certificates.cdx.json', name: 'CycloneDX', note: 'Inventory of certificates, JSON' },
]

/** Links to the exports of the list with the same filter. */
export function ExportMenu({ search }: { readonly search: string }) {
  const key = useStore(useSession(), (session) => session.key)
  const [message, setMessage] = useState('')
  const save = (href: string) => (event: Event) => {
    if (key === null) return
    event.preventDefault()
    setMessage('')
    download(href, key).then(setMessage, (reason: unknown) =>
      setMessage(reason instanceof Error ? reason.message : String(reason)),
    )
  }
  return (
    <Menu label="Export" icon="download" isAtEnd>
      {formats.map(({ path, name, note }) => (
        <a key={path} class="option" href={path + search} download onClick={save(path + search)}>
          <span>
            {name}
            <small>{note}</small>
          </span>
        </a>
      ))}
      <p class={message === '' ? '' : 'option error'} role="alert">
        {message}
      </p>
    </Menu>
  )
}
