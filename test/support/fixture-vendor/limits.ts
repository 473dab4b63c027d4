import ms from 'ms'
import type { Limit } from '../../../src/upstream/rate-limit/limit.ts'

export type ExampleResource = 'certificates'

export const exampleLimits: readonly Limit<ExampleResource>[] = [
  { resource: 'certificates', calls: 60, window: ms('1m'), source: 'https://registry.example/docs/limits' },
]
