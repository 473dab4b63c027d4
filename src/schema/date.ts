/** Milliseconds since the epoch as the DateTime scalar takes them. */
export function toDate(milliseconds: number): Date
export function toDate(milliseconds: number | null): Date | null
export function toDate(milliseconds: number | null): Date | null {
  return milliseconds === null ? null : new Date(milliseconds)
}
