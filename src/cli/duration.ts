import ms from 'ms'
import { UsageError } from './usage-error.ts'

/** The value of an option such as `--warning 30d`, in milliseconds. @throws UsageError */
export function parseDuration(option: string, text: string): number {
  if (!/^[1-9]\d{0,4}[smhd]$/.test(text))
    throw new UsageError(`--${option} is no duration; expected a number with d, h, m or s, such as 30d`)
  return ms(text as ms.StringValue)
}
