import { type Arguments, type CommandEnvironment, optionValue } from './command.ts'

/** The environment variables that options replace. */
const variables: Readonly<Record<string, string>> = {
  port: 'PORT',
  host: 'HOST',
  config: 'CERTGRAPH_CONFIG',
}

/** The environment with the options of a command line in place of variables. */
export function withOptions(env: CommandEnvironment['env'], given: Arguments): CommandEnvironment['env'] {
  const replaced = Object.entries(variables).flatMap(([option, variable]) => {
    const value = optionValue(given, option)
    return value === undefined ? [] : [[variable, value] as const]
  })
  return { ...env, ...Object.fromEntries(replaced) }
}

/** A mistake of the configuration, with the option in place of the variable that it has replaced. */
export function namingOptions(mistake: string, given: Arguments | undefined): string {
  const [option] = Object.entries(variables).find(([, variable]) => mistake.startsWith(`${variable}:`)) ?? []
  if (option === undefined || !given?.values.has(option)) return mistake
  return `--${option}${mistake.slice(mistake.indexOf(':'))}`
}
