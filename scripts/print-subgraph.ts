import { printSubgraph } from '../src/schema/print.ts'
import { createBareSchema, writeOrCheck } from './printed.ts'

// The schema for the registry of a supergraph, the same text as `_service { sdl }`.
writeOrCheck('test/subgraph.graphql', printSubgraph(createBareSchema(), { requiresScopes: true }), 'subgraph')
