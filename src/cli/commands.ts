import type { Command, CommandOption } from './command.ts'
import { formatNames } from './export/formats.ts'
import { exportOptions } from './export/options.ts'

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
  summary:
    'Creates an API key, or the URL of a calendar feed, and prints it with its entry for the configuration file.',
  operand: 'name',
  options: {
    feed: { description: 'create a feed: a URL with a token for a calendar program, which sends no key' },
    config: { ...config, description: 'with --feed: the configuration file that has server.publicUrl' },
  },
  examples: ['certgraph key', 'certgraph key dashboard', 'certgraph key --feed calendar'],
  load: async () => (await import('./new-key.ts')).printNewKey,
}

const check: Command = {
  name: 'check',
  summary: 'Checks when certificates expire. The exit code is that of a Nagios plugin.',
  options: {
    warning: { value: 'duration', description: 'warn this long before the expiry; default: as the configuration says' },
    critical: { value: 'duration', description: 'the same for critical' },
    owner: { value: 'name', isList: true, description: 'only certificates of this owner; several are a union' },
    place: { value: 'id', isList: true, description: 'only this place, by its id at the vendor; several are a union' },
    uncovered: { description: 'only certificates that are not replaced before they expire' },
    active: { description: 'without certificates that are known to be inactive' },
    url: { value: 'url', description: 'check a running server; its API key is read from CERTGRAPH_KEY' },
    format: { value: 'format', description: 'text (default), json, junit or github' },
    timeout: { value: 'duration', description: 'how long the check may take; default: 60s' },
    config,
  },
  notes: [
    'Durations are written as 30d, 12h, 90m or 60s.',
    `Exit codes: 0 OK, 1 WARNING, 2 CRITICAL or expired, 3 UNKNOWN (incomplete, unreadable, wrong arguments).
2 wins over 3, and 3 over 1; the first line names everything that counts.`,
  ],
  examples: [
    'certgraph check',
    'certgraph check --warning 45d --critical 21d --owner storefront',
    'CERTGRAPH_KEY=... certgraph check --url https://certgraph.internal --uncovered --format github',
  ],
  failureCode: 3,
  loadFailure: async () => (await import('./check/formats.ts')).toFailedCheck,
  load: async () => (await import('./check/command.ts')).check,
}

const exportFile: Command = {
  name: 'export',
  summary: 'Writes a file with certificates to standard output.',
  options: {
    format: { value: 'format', description: `the kind of file: ${formatNames.join(', ')}` },
    ...exportOptions,
    url: { value: 'url', description: 'export from a running server; its API key is read from CERTGRAPH_KEY' },
    timeout: { value: 'duration', description: 'how long the export may take; default: 60s' },
    config,
  },
  notes: [
    `Durations are written as 30d, 12h, 90m or 60s, or as PT12H. Times are written as 2027-01-31T00:00:00Z.
Several values of an option are a union; several options have to hold together.`,
    'Exit codes: 0 the file is written, 1 it is not or not to its end. Why it is incomplete or old is on standard error.',
  ],
  examples: [
    'certgraph export --format csv > certificates.csv',
    'certgraph export --format json --expires-within 30d --owner storefront --require-complete',
    'CERTGRAPH_KEY=... certgraph export --format cyclonedx --url https://certgraph.internal > certificates.cdx.json',
  ],
  load: async () => (await import('./export/command.ts')).exportCertificates,
}

const plan: Command = {
  name: 'plan',
  summary: 'Prints the calls to vendors that a query would make now, and makes none.',
  options: {
    query: { value: 'file', description: 'the file with the query' },
    variables: { value: 'file', description: 'a JSON file with the values of its variables' },
    url: { value: 'url', description: 'plan at a running server; its API key is read from CERTGRAPH_KEY' },
    format: { value: 'format', description: 'text (default) or json' },
    timeout: { value: 'duration', description: 'how long the plan may take; default: 60s' },
    config,
  },
  notes: ['Without --url nothing is cached, so the plan is that of a server that has just started.'],
  examples: ['certgraph plan --query certificates.graphql --url https://certgraph.internal'],
  load: async () => (await import('./plan/command.ts')).plan,
}

const configCheck: Command = {
  name: 'config check',
  summary: 'Finds the mistakes of the configuration, as a start would.',
  options: {
    connect: { description: 'make one harmless call for each account and to Redis, and print what they answer' },
    config,
  },
  notes: ['Exit codes: 0 no mistake, 1 a mistake, or an account or Redis that does not answer.'],
  examples: ['certgraph config check', 'certgraph config check --connect --config /etc/certgraph/config.yaml'],
  load: async () => (await import('./config/check.ts')).checkConfig,
}

const configPrint: Command = {
  name: 'config print',
  summary: 'Prints the configuration in effect as YAML, with all defaults and without secrets.',
  options: { config },
  examples: ['certgraph config print', 'certgraph config print --config /etc/certgraph/config.yaml'],
  load: async () => (await import('./config/print.ts')).printConfig,
}

const notifyTest: Command = {
  name: 'notify test',
  summary: 'Sends a test message to the endpoints of notify, and prints what they answer.',
  options: {
    endpoint: { value: 'endpoint', description: 'only this one: its name, its position from 0, or such as notify[0]' },
    config,
  },
  notes: ['Exit codes: 0 every endpoint has accepted the message, 1 one has not, or a mistake.'],
  examples: ['certgraph notify test', 'certgraph notify test --endpoint 0 --config /etc/certgraph/config.yaml'],
  load: async () => (await import('./notify/test.ts')).testNotify,
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

const path: CommandOption = {
  value: 'folder',
  description: 'the folder of the state, in place of that of the configuration, which is not read',
}
const noConfiguration = 'With --path neither a configuration nor its secrets are needed.'

const stateInfo: Command = {
  name: 'state info',
  summary: 'Prints what is kept over restarts: its folder, size and age, and the processes that have it open.',
  options: { format: { value: 'format', description: 'text (default) or json' }, path, config },
  notes: [
    noConfiguration,
    'Exit codes: 0 the state can be read, or there is none; 1 it cannot be read, or wrong arguments or configuration.',
  ],
  examples: ['certgraph state info', 'certgraph state info --format json --path /var/lib/certgraph'],
  load: async () => (await import('./state/info.ts')).printState,
}

const stateClear: Command = {
  name: 'state clear',
  summary: 'Removes what is kept over restarts, with the history of changes. No process may have it open.',
  options: { yes: { description: 'remove it; without this option nothing is removed' }, path, config },
  notes: [
    noConfiguration,
    'Exit codes: 0 nothing is kept any more; 1 something is, or wrong arguments or configuration.',
  ],
  examples: ['certgraph state clear --yes', 'certgraph state clear --yes --path /var/lib/certgraph'],
  load: async () => (await import('./state/clear.ts')).clearKept,
}

/** Every command. The first one is run when none is named. */
export const commands: readonly [Command, ...Command[]] = [
  serve,
  check,
  exportFile,
  plan,
  configCheck,
  configPrint,
  notifyTest,
  stateInfo,
  stateClear,
  key,
  schema,
  subgraph,
]
