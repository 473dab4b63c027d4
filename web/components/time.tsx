import { formatAge, formatDate, formatExactTime, formatRelative } from '../format.ts'
import { useClock } from '../page-context.ts'
import { useStore } from '../store.ts'

interface TimeProps {
  /** As in the answer. */
  readonly at: string
}

interface DateTextProps extends TimeProps {
  readonly format?: (time: number) => string
}

/** A date in the reader's locale, with the exact time as a tooltip. */
export function DateText({ at, format = formatDate }: DateTextProps) {
  const time = Date.parse(at)
  return (
    <time dateTime={at} title={formatExactTime(time)}>
      {format(time)}
    </time>
  )
}

/** The distance from now, with the exact time as a tooltip. It moves with the clock. */
export function RelativeTime({ at }: TimeProps) {
  const time = Date.parse(at)
  const text = useStore(useClock(), (now) => formatRelative(time, now))
  return (
    <time dateTime={at} title={formatExactTime(time)}>
      {text}
    </time>
  )
}

/** How long ago something was, with the exact time as a tooltip. */
export function Age({ at }: TimeProps) {
  const time = Date.parse(at)
  const text = useStore(useClock(), (now) => formatAge(time, now))
  return (
    <time dateTime={at} title={formatExactTime(time)}>
      {text}
    </time>
  )
}
