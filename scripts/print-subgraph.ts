import { printSubgraph } from '../src/schema/print.ts'
import { createBareSchema, writeOrCheck } from './printed.ts'

// What a team publishes to the schema registry of its supergraph; `_service { sdl }` answers the same.
writeOrCheck('test/subgraph.graphql', printSubgraph(createBareSchema()), 'subgraph')
