import { readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'

/** The folder of the bundle. */
const dist = new URL('.', import.meta.url).href

/** The source maps of files of the bundle; null where there is none. */
const maps = new Map<string, SourceMap | null>()

/**
 * A stack trace with the lines of `src` in place of those of the bundle. The source maps are read for the first error: with
 * `--enable-source-maps`, Node.js reads them at the start, which takes longer than everything else.
 */
export function toSourceLines(stack: string, folder = dist): string {
  return stack
    .split('\n')
    .map((line) => {
      const start = line.indexOf(folder)
      const rest = line.slice(start + folder.length)
      const [position = '', file = '', row, column] = /^([\w.-]+):(\d+):(\d+)/.exec(start < 0 ? '' : rest) ?? []
      const source = file && toSource(new URL(file, folder), Number(row), Number(column))
      return source ? `${line.slice(0, start)}${source}${rest.slice(position.length)}` : line
    })
    .join('\n')
}

function toSource(url: URL, row: number, column: number): string | null {
  const entry = mapOf(url)?.findEntry(row - 1, column - 1)
  if (!entry || !('originalSource' in entry)) return null
  return `${entry.originalSource.replace('../', '')}:${entry.originalLine + 1}:${entry.originalColumn + 1}`
}

function mapOf({ href }: URL): SourceMap | null {
  const known = maps.get(href)
  if (known !== undefined) return known
  const map = readMap(new URL(`${href}.map`))
  maps.set(href, map)
  return map
}

function readMap(url: URL): SourceMap | null {
  try {
    return new SourceMap(JSON.parse(readFileSync(url, 'utf8')))
  } catch {
    return null
  }
}
