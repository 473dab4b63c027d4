import type { OutgoingRequest } from '../transport.ts'

export type Headers = Readonly<Record<string, string>>

/** How an account of a vendor is spoken to. */
export interface VendorApi {
  readonly provider: string
  /** The vendor as a person calls it. */
  readonly brand: string
  /** Headers that prove who calls; asked for anew at every attempt. */
  authorize(request: OutgoingRequest): Headers | Promise<Headers>
  /** Values that must not appear in a message. */
  secrets(): readonly string[]
  parseJson(text: string): unknown
  /** What the vendor's error body says, and how long it asks to wait, if it says so there. */
  parseError(body: unknown): { readonly message?: string | undefined; readonly retryAfterSeconds?: number | undefined }
}
