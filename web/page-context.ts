import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import { type Clock, createClock } from './clock.ts'
import { createSession, type SessionStore } from './session.ts'

interface PageContext {
  readonly session: SessionStore
  readonly clock: Clock
}

export const createPageContext = (): PageContext => ({ session: createSession(), clock: createClock() })

const context = createContext<PageContext>(createPageContext())

export const PageProvider = context.Provider
export const useSession = (): SessionStore => useContext(context).session
export const useClock = (): Clock => useContext(context).clock
