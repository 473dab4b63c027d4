import { createGatewayRuntime } from '@graphql-hive/gateway-runtime'
import { unifiedGraphHandler } from '@graphql-hive/router-runtime'
import { type HiveOptions, serveHive } from './serve-hive.ts'

// Hive's gateway with the planner of Hive Router.
await serveHive((options: HiveOptions) => createGatewayRuntime({ ...options, unifiedGraphHandler }))
