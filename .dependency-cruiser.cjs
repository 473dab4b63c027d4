/** The house's plan: imports go one way, main → app → server; schema → providers → config, upstream, catalog. */
const rule = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })
const only = (name, comment, path, pathNot) =>
  rule(name, comment, { path: '^(src|test|bench|scripts)', pathNot }, { path })

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    rule(
      'no-circular',
      'A circle has no direction. Types may point at each other.',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    ),
    rule(
      'no-orphans',
      'A module that nobody imports is dead.',
      { orphan: true, path: '^src', pathNot: '^src/main\\.ts$' },
      {},
    ),
    rule(
      'catalog-is-pure',
      'The domain imports nothing of ours and does no I/O.',
      { path: '^src/catalog' },
      { path: ['^src/(?!catalog|input-error)', '^(node:)?(fs|http|https|net|process|timers)'] },
    ),
    rule(
      'upstream-is-ground',
      'The outgoing wire knows no vendor and no GraphQL.',
      { path: '^src/upstream' },
      { path: ['^src/(?!upstream|operation|input-error)', 'node_modules/(graphql|@pothos)'] },
    ),
    rule(
      'config-knows-no-vendor',
      'Each vendor checks its own part.',
      { path: '^src/config' },
      { path: '^src/(providers/[^/]+/|schema|server|app|main|catalog)' },
    ),
    rule(
      'providers-look-down',
      'A vendor stands on upstream, catalog and the checks of the configuration.',
      { path: '^src/providers' },
      { path: '^src/(main|app|banner|sandbox|vendors|server)(\\.ts$|/server)' },
    ),
    rule(
      'kit-as-type',
      'A vendor takes the schema kit as a type only.',
      { path: '^src/providers' },
      { path: '^src/schema', dependencyTypesNot: ['type-only'] },
    ),
    rule(
      'vendors-apart',
      'No vendor imports another one, and what they share imports none.',
      { path: '^src/providers/([^/]+)/' },
      { path: '^src/providers/(?!mutation/)[^/]+/', pathNot: '^src/providers/$1/' },
    ),
    rule(
      'visibility-in-the-kit',
      'What a limited caller may see is decided in one place, not by each vendor.',
      { path: '^src/providers/[^/]+/', pathNot: '^src/providers/mutation/' },
      { path: '^src/providers/visibility\\.ts$' },
    ),
    rule(
      'schema-looks-down',
      'The graph does not know how it is served.',
      { path: '^src/schema' },
      { path: '^src/(main|app|banner|vendors|server|sandbox|config)' },
    ),
    rule(
      'server-looks-down',
      'The server does not know what it serves, only to whom.',
      { path: '^src/server' },
      { path: '^src/(?!server|upstream/clock|operation|input-error|is-object|limits|access/caller)' },
    ),
    rule(
      'emulator-stands-alone',
      'Client and emulator must not share one misreading.',
      { path: '^src/providers/([^/]+)/sandbox(/|\\.ts$)' },
      { path: '^src/(?!sandbox/)', pathNot: '^src/providers/$1/sandbox/' },
    ),
    rule(
      'client-stands-alone',
      'What a vendor says is learnt from its documents, not from the emulator.',
      { path: '^src/providers/[^/]+/', pathNot: '^src/providers/[^/]+/(index\\.ts$|sandbox(/|\\.ts$))' },
      { path: '^src/(sandbox/|providers/[^/]+/sandbox)' },
    ),
    rule(
      'sandbox-knows-no-vendor',
      'What a vendor says is in its own folder.',
      { path: '^src/sandbox/' },
      { path: '^src/(?!sandbox/)' },
    ),
    rule(
      'domain-without-graphql',
      'A client can be read and tested without GraphQL.',
      { path: '^src/providers', pathNot: '/schema[^/]*\\.ts$' },
      { path: 'node_modules/(graphql|@pothos)' },
    ),
    only('undici-in-upstream', 'One outgoing wire.', 'node_modules/undici/', '^src/upstream'),
    only('ioredis-in-redis', 'One way to Redis.', 'node_modules/ioredis/', '^(src/upstream|test/support)/redis/'),
    only('yoga-in-server', 'One incoming wire.', 'node_modules/(graphql-yoga|@graphql-yoga)/', '^src/server'),
    only('dataloader-in-one-file', 'One way to batch.', 'node_modules/dataloader/', '^src/upstream/loader\\.ts$'),
    only('process-in-main', 'Only the process itself names the process.', '^(node:)?process$', '^src/main\\.ts$'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
    },
  },
}
