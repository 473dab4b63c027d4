export default {
  testEnvironment: 'node',
  // Most of the time of a suite is spent loading the program, so every core helps.
  maxWorkers: '100%',
  // ECMAScript modules stay in memory after their suite has ended.
  workerIdleMemoryLimit: '1GB',
  // Only the tests with Redis depend on real time. The limit leaves room for a busy machine.
  testTimeout: 30_000,
  roots: ['<rootDir>/test'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2023', parser: { syntax: 'typescript' } },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
}
