import { logFormats, logLevels, processDefaults } from '../config/process.ts'
import { synopsisOf } from './arguments.ts'
import type { Command } from './command.ts'
import { toColumns } from './help.ts'

/** Returns the text of `--help`. */
export function usage(version: string, commands: readonly Command[]): string {
  const { host, port, logLevel, logFormat } = processDefaults
  return `certgraph ${version}: one GraphQL API for the certificates that a company has at its vendors

Commands:
${toColumns([...commands.map((command) => [synopsisOf(command), command.summary] as const), ['certgraph --version', 'Prints the version.']])}

certgraph <command> --help describes a command and its options. Without a command, certgraph serves.

Environment variables:
  HOST, PORT         address to listen on (default: ${host} and ${port})
  LOG_LEVEL          ${logLevels.join(', ')} (default: ${logLevel})
  LOG_FORMAT         ${logFormats.join(', ')}: text for people (default: ${logFormat})
  CERTGRAPH_CONFIG   path of the configuration file (default: certgraph.config.yaml in the working directory)
  CERTGRAPH_MODE     sandbox: start the sandbox and ignore the configuration
  CERTGRAPH_ACCESS, CERTGRAPH_API_KEY_SHA256, CERTGRAPH_HOSTS, CERTGRAPH_CORS_ORIGINS, CERTGRAPH_SANDBOX_FAULTS,
  the accounts of vendors, and files with secrets: see docs/configuration.md
`
}
