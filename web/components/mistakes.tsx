import { Notice } from './notice.tsx'

interface MistakesProps {
  readonly mistakes: readonly string[]
  /** The same view without them. */
  readonly href: string
}

/** Says which parameters of the address a view does not have. */
export function Mistakes({ mistakes, href }: MistakesProps) {
  if (mistakes.length === 0) return null
  return (
    <Notice tone="warning">
      <strong>The address has parameters that are no filter:</strong> {mistakes.join(', ')}.{' '}
      <a href={href}>Remove them</a>
    </Notice>
  )
}
