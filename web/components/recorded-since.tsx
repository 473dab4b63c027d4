import { formatExactTime, formatMoment } from '../format.ts'
import { useClock } from '../page-context.ts'
import { useStore } from '../store.ts'

/** How far back the history goes: an empty one is good news for the time since then only. */
export function RecordedSince({ at }: { readonly at: string | null }) {
  const time = at === null ? null : Date.parse(at)
  const text = useStore(useClock(), (now) => (time === null ? '' : formatMoment(time, now)))
  if (at === null || time === null)
    return <>At least one of these places was never read completely: its changes are not recorded yet.</>
  return (
    <>
      Recorded since{' '}
      <time dateTime={at} title={formatExactTime(time)}>
        {text}
      </time>
      . Earlier changes are not known.
    </>
  )
}
