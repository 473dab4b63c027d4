import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

interface CardProps {
  readonly title: string
  readonly note?: string
  readonly more?: { readonly href: string; readonly text: string }
  readonly children: ComponentChildren
}

/** A section of a view, with its heading. */
export function Card({ title, note, more, children }: CardProps) {
  const id = useId()
  return (
    <section class="card" aria-labelledby={id}>
      <div class="card-head">
        <h2 id={id}>{title}</h2>
        {note === undefined ? null : <span class="muted">{note}</span>}
        {more === undefined ? null : <a href={more.href}>{more.text}</a>}
      </div>
      {children}
    </section>
  )
}
