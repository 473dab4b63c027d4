import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'

interface CardProps {
  /** What a link to the card has after its `#`. */
  readonly name?: string
  readonly title: string
  readonly note?: ComponentChildren
  readonly more?: { readonly href: string; readonly text: string }
  readonly children: ComponentChildren
}

/** A section of a view, with its heading. */
export function Card({ name, title, note, more, children }: CardProps) {
  const id = useId()
  return (
    <section class="card" id={name} aria-labelledby={id}>
      <div class="card-head">
        <h2 id={id}>{title}</h2>
        {note === undefined ? null : <span class="muted">{note}</span>}
        {more === undefined ? null : <a href={more.href}>{more.text}</a>}
      </div>
      {children}
    </section>
  )
}
