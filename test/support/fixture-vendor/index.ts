import type { Provider } from '../../../src/providers/provider.ts'
import { type ExampleConfig, exampleConfig } from './config.ts'
import { createExamplePlaces } from './places.ts'
import { startExampleSandbox } from './sandbox.ts'
import { registerExample } from './schema.ts'

/** The Example Registry: an invented vendor with one list of certificates per account. */
export const exampleVendor = {
  ...exampleConfig,
  provider: 'EXAMPLE',
  brand: 'Example Registry',
  none: { accounts: [] },
  startSandbox: startExampleSandbox,
  create: (config, upstream) => ({
    ...createExamplePlaces(config, upstream).vendor,
    provider: exampleConfig.provider,
    description: 'Example Registry: certificates of accounts.',
    register: registerExample,
  }),
} satisfies Provider<ExampleConfig>
