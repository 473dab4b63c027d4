import { createStore, type Store } from './store.ts'

/** What the page has learned from the server, and the key of the reader. It ends with the tab. */
export interface Session {
  /** The API key or token. It is kept here only: not in the URL, and in no storage. */
  readonly key: string | null
  /** Whether the server has answered 401: to a request without a key, or to one with this key. */
  readonly access: 'granted' | 'key needed' | 'key refused'
  /** Whether the certificates are invented. */
  readonly isSandbox: boolean
  /** What to add to the time of the page to get the server's, in milliseconds. */
  readonly clockOffset: number
  /** The same for the clock of this computer, which may be set while the page is open. */
  readonly clockSkew: number
}

export type SessionStore = Store<Session>

export const createSession = (): SessionStore =>
  createStore<Session>({ key: null, access: 'granted', isSandbox: false, clockOffset: 0, clockSkew: 0 })

/** Continues with another key, or with none. */
export function changeKey(session: SessionStore, key: string | null): void {
  session.set({ ...session.get(), key, access: 'granted' })
}

/** Notes what the headers of an answer say. */
export function noteAnswer(session: SessionStore, response: Response, now: number, systemTime: number): void {
  const present = session.get()
  const date = response.headers.get('date')
  const refused = present.key === null ? 'key needed' : 'key refused'
  session.set({
    ...present,
    access: response.status === 401 ? refused : present.access,
    isSandbox: response.headers.get('x-certgraph-mode') === 'sandbox',
    clockOffset: toClockOffset(date, now) ?? present.clockOffset,
    clockSkew: toClockOffset(date, systemTime) ?? present.clockSkew,
  })
}

/** The header has whole seconds: differences that may come from that, and from the way, are none. */
function toClockOffset(date: string | null, now: number): number | null {
  const time = date === null ? Number.NaN : Date.parse(date)
  if (Number.isNaN(time)) return null
  return Math.abs(time - now) < 5_000 ? 0 : time - now
}
