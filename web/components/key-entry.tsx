import { useEffect, useRef, useState } from 'preact/hooks'
import { useSession } from '../page-context.ts'
import { changeKey } from '../session.ts'
import { useStore } from '../store.ts'

/** The characters of a bearer credential. A header cannot have others. */
const credential = /^[!-~]+$/

/** Asks for the key that the server requires. It goes to the session, and from there to the header of each request only. */
export function KeyEntry() {
  const session = useSession()
  const isRefused = useStore(session, ({ access }) => access === 'key refused')
  const [mistake, setMistake] = useState('')
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => input.current?.focus(), [])
  const submit = (event: Event) => {
    event.preventDefault()
    const key = input.current?.value.trim() ?? ''
    if (credential.test(key)) changeKey(session, key)
    else setMistake(key === '' ? 'Enter a key.' : 'A key has no spaces and no letters outside ASCII.')
  }
  const error = mistake === '' && isRefused ? 'The server does not accept this key.' : mistake
  return (
    <form class="card key-entry" onSubmit={submit} autocomplete="off">
      <h1 tabIndex={-1}>Enter your key</h1>
      <p>This server requires an API key or token. The page forgets it when you close or reload the tab.</p>
      <label>
        API key or token
        <span class="field">
          {/* Not of the type password, which browsers offer to store. The style hides the characters. */}
          <input
            ref={input}
            type="text"
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            aria-describedby="key-error"
            aria-invalid={error !== ''}
          />
        </span>
      </label>
      <p class="error" id="key-error" role="alert">
        {error}
      </p>
      <button type="submit" class="button primary">
        Continue
      </button>
    </form>
  )
}
