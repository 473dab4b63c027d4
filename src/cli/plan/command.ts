import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { CallPlanReport } from '../../call-plan.ts'
import { isObject } from '../../is-object.ts'
import { type CommandEnvironment, optionValue, type RunCommand } from '../command.ts'
import { type ExecutedOperation, ExecutionError } from '../execute.ts'
import { chooseFormat } from '../format.ts'
import { toLine } from '../plain-line.ts'
import { malformedText } from '../read-member.ts'
import { UsageError } from '../usage-error.ts'
import { withExecutor } from '../with-executor.ts'
import { planReport } from './report.ts'
import { toPlanText } from './text.ts'

const formats = {
  text: toPlanText,
  json: (plan: CallPlanReport) => `${JSON.stringify(plan, null, 2)}\n`,
}

/** Prints the calls that an operation would make now. Makes none. Returns 1 when there is no plan. */
export const plan: RunCommand = async (given, environment) => {
  const { stdout, stderr } = environment
  const format = chooseFormat(given, formats)
  const file = optionValue(given, 'query')
  if (file === undefined) throw new UsageError('--query is missing; expected --query file')
  const query = readText(environment, 'query', file)
  const variables = readVariables(environment, optionValue(given, 'variables'))
  const { plan: made, errors } = await withExecutor(given, environment, async ({ execute }) => {
    try {
      return toResult(await execute(query, variables, { 'x-certgraph-plan': 'only' }))
    } catch (error) {
      if (error instanceof ExecutionError) return { plan: undefined, errors: [error.message] }
      throw error
    }
  })
  for (const error of errors) stderr.write(`certgraph plan: ${toLine(error, 500)}\n`)
  if (!made) return 1
  stdout.write(format(made))
  return errors.length === 0 ? 0 : 1
}

function toResult({ extensions, errors, data }: ExecutedOperation) {
  const messages = errors.map(({ message, code }) => (code === undefined ? message : `${message} (${code})`))
  const { plan } = extensions
  if (plan !== undefined) {
    const { data: made, error } = planReport.safeParse(plan)
    return { plan: made, errors: error ? [...messages, malformedText('extensions.plan', error)] : messages }
  }
  // A server of an earlier version executes the operation.
  if (data) messages.push('the server has executed the operation: its version has no plans')
  return { plan: undefined, errors: messages.length > 0 ? messages : ['the answer has no plan'] }
}

function readVariables(environment: CommandEnvironment, file: string | undefined): Readonly<Record<string, unknown>> {
  if (file === undefined) return {}
  const value = parseJson(readText(environment, 'variables', file))
  if (!isObject(value)) throw new UsageError('the file of --variables is no JSON object; expected { "name": value }')
  return value
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function readText({ cwd }: CommandEnvironment, option: string, file: string): string {
  try {
    return readFileSync(resolve(cwd, file), 'utf8')
  } catch (error) {
    const reason = isObject(error) ? String(error['code']) : 'an error'
    throw new UsageError(`the file of --${option} cannot be read (${reason}); expected the path of a file`)
  }
}
