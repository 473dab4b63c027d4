import { useEffect, useState } from 'preact/hooks'
import { Icon } from './icon.tsx'

interface CopyButtonProps {
  readonly text: string
  /** What is copied, for the name of the button. */
  readonly what: string
}

const shownFor = 2_000

/** Copies a text, and says for a moment whether that worked. */
export function CopyButton({ text, what }: CopyButtonProps) {
  const [result, setResult] = useState<'copied' | 'failed' | null>(null)
  useEffect(() => {
    if (result === null) return
    const timer = setTimeout(() => setResult(null), shownFor)
    return () => clearTimeout(timer)
  }, [result])
  const copy = () => {
    // The clipboard exists in secure contexts only: https and loopback.
    const written = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('No clipboard'))
    written.then(
      () => setResult('copied'),
      () => setResult('failed'),
    )
  }
  const title = `Copy ${what}`
  return (
    <button type="button" class="button quiet icon-only" onClick={copy} title={title} aria-label={title}>
      <Icon name={result === 'copied' ? 'check' : result === 'failed' ? 'close' : 'copy'} />
      <span class="hidden" role="status">
        {result === null ? '' : result === 'copied' ? 'Copied' : 'The browser did not allow copying'}
      </span>
    </button>
  )
}
