import { printSorted } from '../src/schema/print.ts'
import { createBareSchema, writeOrCheck } from './printed.ts'

// The schema for clients and codegen, without the types of federation.
writeOrCheck('schema.graphql', printSorted(createBareSchema()), 'schema')
