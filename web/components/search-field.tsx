import { useEffect, useRef, useState } from 'preact/hooks'
import { Icon } from './icon.tsx'

interface SearchFieldProps {
  readonly value: string
  readonly onSearch: (text: string) => void
}

const pause = 250

/** A search that begins when the reader stops typing. */
export function SearchField({ value, onSearch }: SearchFieldProps) {
  const [text, setText] = useState(value)
  const sent = useRef(value)
  // Back, and a link, change the text from outside.
  if (sent.current !== value) {
    sent.current = value
    if (text !== value) setText(value)
  }
  const send = (next: string) => {
    if (next === sent.current) return
    sent.current = next
    onSearch(next)
  }
  useEffect(() => {
    const timer = setTimeout(() => send(text), pause)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <search class="search">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          send(text)
        }}
      >
        <label class="field">
          <Icon name="search" />
          <span class="hidden">Search names and alternative names</span>
          <input
            type="search"
            value={text}
            placeholder="Search names"
            maxLength={256}
            autocomplete="off"
            spellcheck={false}
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
      </form>
    </search>
  )
}
