import { logLevels, processDefaults } from './config/process.ts'

/** Returns the text of `--help`. */
export function usage(version: string): string {
  const { host, port, logLevel } = processDefaults
  return `certgraph ${version}: one GraphQL API for the certificates that a company has at its vendors

Commands:
  certgraph              starts the server, with emulated vendors (the sandbox) when nothing is configured
  certgraph key [name]   creates an API key and prints it with its entry for the configuration file
  certgraph subgraph     prints the schema for the registry of a federated graph
  certgraph --help       prints this text
  certgraph --version    prints the version

Environment variables:
  HOST, PORT         address to listen on (default: ${host} and ${port})
  LOG_LEVEL          ${logLevels.join(', ')} (default: ${logLevel})
  CERTGRAPH_CONFIG   path of the configuration file (default: certgraph.config.yaml in the working directory)
  CERTGRAPH_MODE     sandbox: start the sandbox and ignore the configuration
`
}
