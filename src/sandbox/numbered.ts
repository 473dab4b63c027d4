/** 0 up to, but without, the count. */
export function numbered(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}
