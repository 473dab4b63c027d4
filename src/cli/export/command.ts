import type { ListedExport } from '../../exports/format.ts'
import { isObject } from '../../is-object.ts'
import { nearestWord } from '../../nearest-word.ts'
import { toOptionText } from '../check/option-text.ts'
import { type Arguments, optionValue, type RunCommand } from '../command.ts'
import { type Download, ExecutionError } from '../execute.ts'
import { toLine } from '../plain-line.ts'
import { UsageError } from '../usage-error.ts'
import { withExecutor } from '../with-executor.ts'
import { exportsByFormat, formatNames } from './formats.ts'
import { optionsOf, toOptionMistake } from './options.ts'
import { toQuery } from './query.ts'

const stateHeaders = ['x-certgraph-complete', 'x-certgraph-fresh'] as const

/** Writes the file of an export to standard output. Returns 1 when there is none, or not all of it. */
export const exportCertificates: RunCommand = async (given, environment) => {
  const { stdout, stderr } = environment
  const chosen = chooseExport(given)
  const query = toQuery(given)
  const tell = (text: string) => stderr.write(`certgraph export: ${toLine(text, 1_000)}\n`)
  return withExecutor(given, environment, async ({ download }) => {
    try {
      const file = await download(chosen.path, query)
      if (file.status !== 200) {
        for (const line of await readProblem(file, chosen)) tell(line)
        return 1
      }
      const foreign = findForeign(file.headers, chosen)
      if (foreign !== undefined) {
        tell(
          `the answer ${foreign}, so it is no export; expected the URL of certgraph, and a proxy that changes no answer`,
        )
        return 1
      }
      const state = stateOf(file.headers)
      const isRefused = query
        .getAll('require')
        .some((required) => file.headers.get(`x-certgraph-${required}`) !== 'true')
      if (state !== undefined) tell(isRefused ? state : `warning: ${state}`)
      if (isRefused) return 1
      await stdout.writeAll(file.parts)
      return 0
    } catch (error) {
      if (!(error instanceof ExecutionError)) throw error
      tell(error.message)
      return 1
    }
  })
}

function chooseExport(given: Arguments): ListedExport {
  const name = optionValue(given, 'format')
  const expected = `expected --format ${formatNames.join('|')}`
  if (name === undefined) throw new UsageError(`--format is missing; ${expected}`)
  const chosen = exportsByFormat.get(name)
  if (chosen) return chosen
  const nearest = nearestWord(name, formatNames)
  throw new UsageError(`unknown format${nearest === undefined ? '' : `, did you mean ${nearest}?`}; ${expected}`)
}

/**
 * Why an answer with status 200 is not this export, such as the login page of a proxy; undefined when it is. Without the
 * headers, it is not known whether a certificate is missing.
 */
function findForeign(headers: Headers, { mediaType }: ListedExport): string | undefined {
  const type = headers.get('content-type')
  const given = type?.split(';', 1)[0]?.trim().toLowerCase()
  if (given !== mediaType) return `${given ? `is ${given}` : 'has no content type'} and not ${mediaType}`
  const missing = stateHeaders.filter((name) => !/^(?:true|false)$/.test(headers.get(name) ?? ''))
  return missing.length === 0 ? undefined : `has no header ${missing.join(' and no header ')}`
}

/** Why the file is incomplete or old; undefined when it is neither. */
function stateOf(headers: Headers): string | undefined {
  const states = [
    headers.get('x-certgraph-complete') !== 'true' && 'incomplete',
    headers.get('x-certgraph-fresh') !== 'true' && 'not fresh',
  ].filter((state) => state !== false)
  if (states.length === 0) return undefined
  return `the file is ${states.join(' and ')}: ${headers.get('x-certgraph-reasons') ?? 'the server does not say why'}`
}

/** What went wrong, one line for each mistake or reason. */
async function readProblem({ status, parts }: Download, { name }: ListedExport): Promise<readonly string[]> {
  let text = ''
  for await (const part of parts) text += part
  const { detail, mistakes, reasons } = parseObject(text)
  if (Array.isArray(mistakes)) return mistakes.map((each) => toMistake(each, name))
  const why = Array.isArray(reasons) ? reasons.map(String) : []
  if (typeof detail !== 'string') return [`the server answers with status ${status} and no reason`]
  return [withOption(detail), ...why]
}

function toMistake(mistake: unknown, format: string): string {
  const { parameter, message } = isObject(mistake) ? mistake : {}
  return toOptionMistake(String(parameter), String(message), format)
}

/** A detail begins with the parameter that it is about. */
function withOption(detail: string): string {
  return toOptionText(detail.replace(/^(\w+)(?:\[\d+\])?(?=: )/, (_, parameter: string) => optionsOf(parameter)))
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}
