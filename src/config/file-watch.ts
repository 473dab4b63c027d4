import type { Clock } from '../upstream/clock.ts'
import { type FileVersion, versionOf } from './read-files.ts'

/** The versions of files by path. */
export type FileVersions = ReadonlyMap<string, FileVersion>

interface FileWatch {
  readonly clock: Clock
  /** The files, with the versions that were read last. Called at each poll. */
  lastRead(): FileVersions
  onChange(): void
}

/** Milliseconds. */
const pollInterval = 5_000

/**
 * Looks at files every five seconds, because `fs.watch` misses the swap of a symbolic link by which Kubernetes updates a
 * mounted file. A change is reported when a file was the same at two polls: until then it may be half-written.
 */
export function watchFiles({ clock, lastRead, onChange }: FileWatch): { close(): void } {
  const closed = new AbortController()
  let before: FileVersions = new Map()

  async function poll(): Promise<never> {
    for (;;) {
      await clock.sleep(pollInterval, closed.signal)
      const read = lastRead()
      const now = new Map([...read.keys()].map((path) => [path, versionOf(path)]))
      const isChanged = !areEqual(now, read)
      const isSettled = areEqual(now, before)
      before = now
      if (isChanged && isSettled) onChange()
    }
  }

  // It ends by the signal.
  poll().catch(() => {})
  return { close: () => closed.abort() }
}

function areEqual(a: FileVersions, b: FileVersions): boolean {
  return a.size === b.size && [...a].every(([path, version]) => b.get(path) === version)
}
