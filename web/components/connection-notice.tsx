import { formatMoment } from '../format.ts'
import { useClock } from '../page-context.ts'
import { isFromServer, toProblem } from '../problem.ts'
import { useStore } from '../store.ts'
import type { Answer } from '../use-answer.ts'
import { maxAnswerAge } from '../verdict.ts'
import { Notice } from './notice.tsx'
import { ReloadButton } from './reload-button.tsx'

interface ConnectionNoticeProps {
  readonly answer: Answer<unknown>
}

/** Says that what the view shows is old, and why it could not be read again. Its space stays empty while all is well. */
export function ConnectionNotice({ answer: { data, receivedAt, openedAt, error } }: ConnectionNoticeProps) {
  const now = useStore(useClock())
  const isOld = data !== null && receivedAt !== null && now - Math.max(receivedAt, openedAt) > maxAnswerAge
  const message = error ? toProblem(error) : null
  if (!isOld && (message === null || data === null)) return null
  return (
    <div role="status" class="connection">
      <Notice tone={isOld ? 'expired' : 'warning'} icon={isOld ? 'offline' : 'critical'}>
        <strong>
          {isOld
            ? `${error && isFromServer(error) ? 'Not read' : 'Not connected'} since ${formatMoment(receivedAt, now)}.`
            : 'The last refresh failed.'}
        </strong>{' '}
        {receivedAt === null ? null : `This is the data of ${formatMoment(receivedAt, now)}. `}
        {message === null ? null : `${message.title}: ${message.detail}`}{' '}
        {message?.needsReload ? <ReloadButton class="link" /> : null}
      </Notice>
    </div>
  )
}
