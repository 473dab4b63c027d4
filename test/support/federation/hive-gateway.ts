import { createGatewayRuntime } from '@graphql-hive/gateway-runtime'
import { type HiveOptions, serveHive } from './serve-hive.ts'

// Hive's gateway with its default planner.
await serveHive((options: HiveOptions) => createGatewayRuntime(options))
