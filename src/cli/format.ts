import { nearestWord } from '../nearest-word.ts'
import { type Arguments, optionValue } from './command.ts'
import { UsageError } from './usage-error.ts'

/** The format that `--format` names; text by default. @throws UsageError */
export function chooseFormat<Format>(
  given: Arguments,
  formats: Readonly<Record<'text', Format>> & Readonly<Record<string, Format>>,
): Format {
  const name = optionValue(given, 'format') ?? 'text'
  const format = Object.hasOwn(formats, name) ? formats[name] : undefined
  if (format) return format
  const names = Object.keys(formats)
  const nearest = nearestWord(name, names)
  const suggestion = nearest === undefined ? '' : `, did you mean ${nearest}?`
  throw new UsageError(`unknown format${suggestion}; expected --format ${names.join('|')}`)
}
