/** Texts of one kind under their keys, which replicas share and which a restart keeps. Nothing fails because of them. */
export interface KeptTexts {
  /** Whether they outlive the process. */
  readonly isKept: boolean
  /** Null when there is none, or it cannot be read. */
  get(key: string): string | null | Promise<string | null>
  /** Resolves when it is kept, or cannot be. */
  set(key: string, text: string): Promise<void>
  remove(key: string): Promise<void>
}
