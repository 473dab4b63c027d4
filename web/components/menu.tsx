import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { Icon, type IconName } from './icon.tsx'

interface MenuProps {
  readonly label: string
  readonly icon?: IconName
  /** Whether the panel ends where the button ends. */
  readonly isAtEnd?: boolean
  readonly onOpen?: () => void
  readonly children: ComponentChildren
}

/** A button that opens a panel with controls. Escape, and a click elsewhere, close it. */
export function Menu({ label, icon, isAtEnd = false, onOpen, children }: MenuProps) {
  const details = useRef<HTMLDetailsElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  const [overflows, setOverflows] = useState(false)
  useEffect(() => {
    const abort = new AbortController()
    const { signal } = abort
    const close = () => details.current?.removeAttribute('open')
    const isInside = (target: EventTarget | null) => target instanceof Node && details.current?.contains(target)
    document.addEventListener('pointerdown', ({ target }) => !isInside(target) && close(), { signal })
    document.addEventListener('focusin', ({ target }) => !isInside(target) && close(), { signal })
    details.current?.addEventListener(
      'keydown',
      ({ key }) => {
        if (key !== 'Escape') return
        close()
        details.current?.querySelector('summary')?.focus()
      },
      { signal },
    )
    return () => abort.abort()
  }, [])
  return (
    <details
      class={`menu${isAtEnd || overflows ? ' end' : ''}`}
      ref={details}
      onToggle={() => {
        if (details.current?.open !== true) return setOverflows(false)
        const { right = 0 } = panel.current?.getBoundingClientRect() ?? {}
        setOverflows(right > document.documentElement.clientWidth)
        onOpen?.()
      }}
    >
      <summary>
        {icon === undefined ? null : <Icon name={icon} />}
        {label}
        <Icon name="down" />
      </summary>
      <div class="panel" ref={panel}>
        {children}
      </div>
    </details>
  )
}
