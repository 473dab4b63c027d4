import { z } from 'zod'
import { defaultLimits as standard } from '../limits.ts'
import { mapping } from './mapping.ts'
import { size, wholeNumber } from './quantities.ts'
import { expected } from './wording.ts'

const operations = mapping({
  executing: wholeNumber(1, 10_000).default(standard.operations.executing),
  waiting: wholeNumber(0, 100_000).default(standard.operations.waiting),
  perCaller: wholeNumber(1, 10_000).default(standard.operations.perCaller),
}).prefault({})

const streams = mapping({
  open: wholeNumber(0, 10_000).default(standard.streams.open),
  perCaller: wholeNumber(1, 10_000).default(standard.streams.perCaller),
}).prefault({})

const reading = mapping({
  pages: wholeNumber(1, 100_000).default(standard.reading.pages),
  rows: wholeNumber(1, 10_000_000).default(standard.reading.rows),
  bytes: size('2048MiB').default(standard.reading.bytes),
}).prefault({})

/** `limits:` in the configuration file. */
export const limitsSchema = mapping({
  depth: wholeNumber(1, 100).default(standard.depth),
  aliases: wholeNumber(0, 10_000).default(standard.aliases),
  rootFields: wholeNumber(1, 1_000).default(standard.rootFields),
  directives: wholeNumber(0, 1_000).default(standard.directives),
  tokens: wholeNumber(10, 100_000).default(standard.tokens),
  body: size('10MB').default(standard.body),
  batching: wholeNumber(1, 100).default(standard.batching),
  cost: wholeNumber(1, 1_000_000).default(standard.cost),
  representations: wholeNumber(1, 1_000).default(standard.representations),
  nodes: wholeNumber(1, 1_000).default(standard.nodes),
  answer: size('256MiB').default(standard.answer),
  vendorBody: size('256MiB').default(standard.vendorBody),
  unsent: size('4096MiB').default(standard.unsent),
  reading,
  operations,
  streams,
}).prefault({})

/** `writes:` in the configuration file: whether mutations may change anything at a vendor. */
export const writesSchema = z.enum(['enabled', 'disabled'], expected('enabled or disabled')).default('disabled')
