/** Texts of one kind under their keys, which replicas share and which a restart keeps. Nothing fails because of them. */
export interface KeptTexts {
  /** Whether a text that is set may outlive the process. */
  readonly isKept: boolean
  /** Null when there is none, or it cannot be read. */
  get(key: string): string | null | Promise<string | null>
  /** Resolves when it is kept, or cannot be. */
  set(key: string, text: string): Promise<void>
  remove(key: string): Promise<void>
}

/** How many texts of one kind are kept. */
export interface TextBounds {
  /** Of more texts, those that were set first are dropped. */
  readonly maxCount: number
  /** Milliseconds after which a text that was not set again may be dropped. The state on disk keeps it longer. */
  readonly maxAge: number
  /** Whether the oldest are also dropped when the store has little room left: they can be made again. Default: false. */
  readonly yieldsRoom?: boolean
}

export const defaultTextBounds: TextBounds = { maxCount: 100_000, maxAge: 400 * 86_400_000 }

/** Characters of the longest text. A longer one is not kept. */
export const maxKeptText = 131_072
