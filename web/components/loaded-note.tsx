import type { Loaded } from '../use-loaded.ts'
import { Age } from './time.tsx'

interface LoadedNoteProps {
  /** What the part has, such as a count. */
  readonly text?: string | undefined
  readonly part: Pick<Loaded<unknown>, 'receivedAt'>
}

/** How old the answer is that a part of the view shows. */
export const LoadedNote = ({ text, part: { receivedAt } }: LoadedNoteProps) =>
  receivedAt === null ? null : (
    <>
      {text === undefined ? '' : `${text} · `}loaded <Age at={new Date(receivedAt).toISOString()} />
    </>
  )
