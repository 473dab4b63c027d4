/** Import rules. Imports go one way: main → app → server → schema → providers → upstream, catalog. */
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })
const only = (name, comment, path, pathNot) =>
  rule(name, comment, { path: '^(src|test|bench|scripts|web)', pathNot }, { path })

/** Files at the top of `src` that every layer may import. */
const shared =
  'operation|operation-outcome|tracer|input-error|is-object|document-key|limits|private-key|idempotency-key|time-slice|shared-time-slice|response-time|until-begun|answer-basis|call-plan|call-plan-line|listeners|per-operation|encoded-lists|hidden-event'

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    rule(
      'no-circular',
      'Files must not import each other in a cycle, type-only imports included. Exception: a place and its certificate type.',
      {},
      {
        circular: true,
        via: { pathNot: '^(src/providers/[^/]+|test/support/fixture-vendor)/(places|certificate)\\.ts$' },
      },
    ),
    rule(
      'place-as-type',
      'A certificate type imports its place as a type only.',
      { path: '^src/providers/([^/]+)/certificate\\.ts$' },
      { path: '^src/providers/$1/places\\.ts$', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'no-orphans',
      'A module that no other module imports is dead code.',
      {
        orphan: true,
        path: '^(src|web)',
        pathNot: '^(src/main\\.ts|web/(main\\.tsx|graphql-syntax\\.ts|generated/gql\\.ts))$',
      },
      {},
    ),
    rule(
      'catalog-is-pure',
      'The domain imports no other layer and does no I/O.',
      { path: '^src/catalog' },
      {
        path: [
          '^src/(?!catalog|input-error|fraction|time-slice|shared-time-slice)',
          '^(node:)?(fs|http|https|net|process|timers)',
        ],
      },
    ),
    rule(
      'owners-are-pure',
      'The rules for owners are evaluated on the domain alone.',
      { path: '^src/owners' },
      { path: ['^src/(?!owners|catalog|time-slice)', '^(node:)?(fs|http|https|net|process|timers)'] },
    ),
    rule(
      'upstream-imports-no-layer',
      'Outgoing HTTP is independent of vendors and GraphQL.',
      { path: '^src/upstream' },
      { path: [`^src/(?!upstream|state|${shared})`, 'node_modules/(graphql|@pothos)'] },
    ),
    rule(
      'changes-import-lower-layers',
      'The history is found in lists of the domain, without a vendor and without GraphQL.',
      { path: '^src/changes' },
      { path: `^src/(?!changes|upstream|state/state-store|catalog|${shared})` },
    ),
    rule(
      'state-imports-no-layer',
      'The store on disk is independent of what is kept in it.',
      { path: '^src/state' },
      { path: '^src/(?!state|is-object)' },
    ),
    rule(
      'config-imports-no-vendor',
      'Each vendor parses its own section of the configuration.',
      { path: '^src/config' },
      { path: '^src/(providers/[^/]+/|schema|server|app|main|catalog)' },
    ),
    rule(
      'providers-import-lower-layers',
      'A vendor may import upstream, catalog, and the parsers of the configuration.',
      { path: '^src/providers' },
      { path: '^src/(main|app|banner|sandbox|vendors|server)(\\.ts$|/server)' },
    ),
    rule(
      'kit-as-type',
      'Imports go from schema to providers. Exception: the type of the schema kit, which a vendor receives.',
      { path: '^src/providers' },
      { path: '^src/schema', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'kit-in-schema-files',
      'Only the interface of vendors and the schema files of a vendor import the type of the schema kit.',
      { path: '^src/providers', pathNot: '^src/providers/(provider|[^/]+/schema[^/]*)\\.ts$' },
      { path: '^src/schema' },
    ),
    rule(
      'vendors-are-separate',
      'No vendor imports another one, and the files that all vendors share import none.',
      { path: '^src/providers/([^/]+)/' },
      { path: '^src/providers/(?!mutation/)[^/]+/', pathNot: '^src/providers/$1/' },
    ),
    rule(
      'visibility-in-one-place',
      'The files that all vendors share apply the visibility of a limited caller, not the files of a vendor.',
      { path: '^src/providers/[^/]+/', pathNot: '^src/providers/mutation/' },
      { path: '^src/providers/visibility\\.ts$' },
    ),
    rule(
      'schema-imports-lower-layers',
      'The schema is independent of the server and the configuration.',
      { path: '^src/schema' },
      { path: '^src/(main|app|banner|vendors|server|sandbox|config)' },
    ),
    rule(
      'exports-import-lower-layers',
      'An export is made of the search of the schema. The server says how it is served.',
      { path: '^src/exports' },
      {
        path: `^src/(?!exports|schema|providers/[^/]+\\.ts$|catalog|owners|upstream/clock|upstream/error|server/http-export|nearest-word|${shared})`,
      },
    ),
    rule(
      'server-imports-no-schema',
      'The server receives the schema as an argument. It imports no layer except the clock and the types of access.',
      { path: '^src/server' },
      { path: `^src/(?!server|${shared}|upstream/clock|access/caller)` },
    ),
    rule(
      'emulator-is-separate',
      "An emulator imports nothing of its vendor's client, so that they cannot share a misreading of the vendor's API.",
      { path: '^src/providers/([^/]+)/sandbox(/|\\.ts$)' },
      { path: '^src/(?!sandbox/)', pathNot: '^src/providers/$1/sandbox/' },
    ),
    rule(
      'client-is-separate',
      "A client imports nothing of its vendor's emulator, for the same reason.",
      { path: '^src/providers/[^/]+/', pathNot: '^src/providers/[^/]+/(index\\.ts$|sandbox(/|\\.ts$))' },
      { path: '^src/(sandbox/|providers/[^/]+/sandbox)' },
    ),
    rule(
      'sandbox-imports-no-layer',
      'The parts that emulators are built from are independent of vendors.',
      { path: '^src/sandbox/' },
      { path: '^src/(?!sandbox/)' },
    ),
    rule(
      'providers-without-graphql',
      'Only the schema files of a vendor use GraphQL. The rest is tested without it.',
      { path: '^src/providers', pathNot: '/schema[^/]*\\.ts$' },
      { path: 'node_modules/(graphql|@pothos)' },
    ),
    only(
      'prom-client-in-metrics',
      'The other layers report what happens through interfaces of their own.',
      'node_modules/prom-client/',
      '^src/metrics/',
    ),
    rule(
      'metrics-for-app',
      'Metrics are assembled by the application. The layers that they observe do not import them.',
      { path: '^src/(?!metrics/|(app|process-state)\\.ts$)' },
      { path: '^src/metrics/' },
    ),
    rule(
      'metrics-import-lower-layers',
      'Metrics are computed from the catalogue and the readings, without GraphQL. The server says how they are served.',
      { path: '^src/metrics/' },
      {
        path: [
          `^src/(?!metrics|server/(use-metrics|stream-counter)|providers/[^/]+\\.ts$|catalog|upstream|${shared})`,
          'node_modules/(graphql|@pothos)',
        ],
      },
    ),
    only(
      'undici-in-upstream',
      'All outgoing HTTP goes through upstream.',
      'node_modules/undici/',
      '^(src/upstream|bench/plain-reader)',
    ),
    only(
      'ioredis-in-redis',
      'All access to Redis goes through upstream/redis.',
      'node_modules/ioredis/',
      '^(src/upstream|test/support)/redis/',
    ),
    only(
      'lmdb-in-state',
      'All access to the files of the state goes through state.',
      'node_modules/lmdb/',
      '^(src|test)/state/',
    ),
    only(
      'yoga-in-server',
      'All incoming HTTP goes through server.',
      'node_modules/(graphql-yoga|@graphql-yoga)/',
      '^(src/server|bench/compiling-server)',
    ),
    only(
      'dataloader-in-one-file',
      'All loaders are created in upstream/loader.ts.',
      'node_modules/dataloader/',
      '^src/upstream/loader\\.ts$',
    ),
    rule(
      'page-imports-no-program',
      'The page is fed by the public schema only. It shares no code with the program, which would get into its bundle.',
      { path: '^web' },
      { path: '^(src|test|bench|scripts)|^(node:)?(fs|http|https|net|process|timers)' },
    ),
    rule(
      'program-imports-no-page',
      'The program serves the bundle of the page. Of its sources, it has the documents that the page sends by id.',
      { path: '^src' },
      { path: '^web', pathNot: '^web/generated/persisted-documents\\.json$' },
    ),
    only(
      'page-packages-in-page',
      'The packages of the page are bundled. They are not installed beside the program.',
      'node_modules/(preact|@urql/preact)/',
      '^web',
    ),
    rule(
      'process-in-main',
      'Only main.ts and serve.ts use the process, so that tests can start the application. One file waits for ticks of the loop.',
      { path: '^src', pathNot: '^src/(main|serve|until-begun)\\.ts$' },
      { path: '^(node:)?process$' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
}
