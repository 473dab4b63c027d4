export default {
  testEnvironment: 'node',
  // The suites use the processor most of the time and seldom wait, so every core helps.
  maxWorkers: '100%',
  // ECMAScript modules stay in memory after their suite has ended. A worker above this size is restarted.
  workerIdleMemoryLimit: '1GB',
  // Only the tests with Redis depend on real time. The limit leaves room for a busy machine.
  testTimeout: 30_000,
  roots: ['<rootDir>/test'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript' },
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
}
