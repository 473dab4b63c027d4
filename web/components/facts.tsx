import type { ComponentChildren } from 'preact'
import { CopyButton } from './copy-button.tsx'

/** Named values, one below the other. */
export const Facts = ({ children }: { readonly children: ComponentChildren }) => <dl class="facts">{children}</dl>

interface FactProps {
  readonly name: string
  readonly children: ComponentChildren
}

export function Fact({ name, children }: FactProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

interface TextFactProps {
  readonly name: string
  /** Null when the vendor does not report it. */
  readonly value: string | number | boolean | null
  /** What the button that copies it copies. Without it there is no button. */
  readonly copied?: string
}

export function TextFact({ name, value, copied }: TextFactProps) {
  if (value === null || value === '') return <Fact name={name}>{<span class="muted">Not reported</span>}</Fact>
  if (typeof value !== 'string')
    return <Fact name={name}>{typeof value === 'number' ? value : value ? 'Yes' : 'No'}</Fact>
  return (
    <Fact name={name}>
      {copied === undefined ? (
        value
      ) : (
        <span class="copied">
          <span class="mono">{value}</span>
          <CopyButton text={value} what={copied} />
        </span>
      )}
    </Fact>
  )
}
