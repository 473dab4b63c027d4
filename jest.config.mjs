export default {
  testEnvironment: 'node',
  // Loading the program is most of a suite's time: every core helps.
  maxWorkers: '100%',
  // Modules of ECMAScript stay in memory with every suite that loaded them.
  workerIdleMemoryLimit: '1GB',
  // Only what has to do with Redis goes by the clock on the wall; a busy machine is no fault.
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
