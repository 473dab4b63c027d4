import { providers } from '../../../src/providers/list.ts'
import { exampleVendor } from './index.ts'

/** The program's vendors and the Example Registry. */
export const withExample = { ...providers, example: exampleVendor }
