/** What `--help` prints. */
export function usage(version: string): string {
  return `certgraph ${version}: one GraphQL API over the certificates that a company holds at its vendors

  certgraph              serves it: as certgraph.config.yaml says, or emulated vendors when nothing is configured
  certgraph key [name]   makes an API key, and what of it belongs in the configuration
  certgraph --help       prints this
  certgraph --version    prints the version

From the environment:
  HOST, PORT         where to listen, 127.0.0.1 and 4000 unless told
  LOG_LEVEL          trace, debug, info, warn, error, fatal or silent; info unless told
  CERTGRAPH_CONFIG   the configuration file, if it is another one
  CERTGRAPH_MODE     sandbox: emulated vendors, whatever is configured
`
}
