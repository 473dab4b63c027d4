import type { Command, CommandOption } from './command.ts'

const config: CommandOption = {
  value: 'file',
  description: 'the configuration file, in place of CERTGRAPH_CONFIG',
}

const serve: Command = {
  name: 'serve',
  summary: 'Starts the server, with emulated vendors (the sandbox) when nothing is configured.',
  options: {
    port: { value: 'number', description: 'the port to listen on, in place of PORT; 0 for any free port' },
    host: { value: 'address', description: 'the address to listen on, in place of HOST' },
    config,
  },
  notes: ['This is the command when none is named: certgraph --port 4001 starts the server, too.'],
  examples: ['certgraph', 'certgraph serve --port 4001 --config /etc/certgraph/config.yaml'],
  load: async () => (await import('./serve.ts')).serve,
}

const key: Command = {
  name: 'key',
  summary: 'Creates an API key and prints it with its entry for the configuration file.',
  operand: 'name',
  options: {},
  examples: ['certgraph key', 'certgraph key dashboard'],
  load: async () => (await import('./new-key.ts')).printNewKey,
}

const schema: Command = {
  name: 'schema',
  summary: 'Prints the schema for clients and code generators.',
  options: {},
  examples: ['certgraph schema > schema.graphql'],
  load: async () => (await import('./print-schema.ts')).printClientSchema,
}

const subgraph: Command = {
  name: 'subgraph',
  summary: 'Prints the schema for the registry of a federated graph, as the configuration sets it.',
  options: { config },
  examples: ['certgraph subgraph > certgraph.graphql', 'certgraph subgraph --config /etc/certgraph/config.yaml'],
  load: async () => (await import('./print-schema.ts')).printSubgraphSchema,
}

/** Every command. The first one is run when none is named. */
export const commands: readonly [Command, ...Command[]] = [serve, key, schema, subgraph]
