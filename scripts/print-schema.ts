import { printSorted } from '../src/schema/print.ts'
import { createBareSchema, writeOrCheck } from './printed.ts'

// The plain API, for clients and codegen.
writeOrCheck('schema.graphql', printSorted(createBareSchema()), 'schema')
