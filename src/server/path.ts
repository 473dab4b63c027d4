/** The whole path of a request, nothing of its query string. */
export function toPath(request: Request): string {
  return new URL(request.url).pathname
}
