/** Returns the path of a request, without its query string. */
export function toPath(request: Request): string {
  return new URL(request.url).pathname
}
