import type { z } from 'zod'
import { mapping } from './mapping.ts'
import { size } from './size.ts'
import { wholeNumber } from './whole-number.ts'

const megabyte = 1000 ** 2
const mebibyte = 1024 ** 2

const operations = mapping({
  executing: wholeNumber(1, 10_000).default(200),
  waiting: wholeNumber(0, 100_000).default(2_000),
  perCaller: wholeNumber(1, 10_000).default(20),
}).prefault({})

/** `limits:` in the file: what one request, one caller and one vendor's answer may cost this process. */
export const limitsSchema = mapping({
  depth: wholeNumber(1, 100).default(12),
  aliases: wholeNumber(0, 10_000).default(50),
  rootFields: wholeNumber(1, 1_000).default(20),
  directives: wholeNumber(0, 1_000).default(20),
  tokens: wholeNumber(10, 100_000).default(2_000),
  body: size(10 * megabyte, '10MB').default(100_000),
  batching: wholeNumber(1, 100).default(1),
  cost: wholeNumber(1, 1_000_000).default(5_000),
  representations: wholeNumber(1, 1_000).default(200),
  nodes: wholeNumber(1, 1_000).default(100),
  vendorBody: size(256 * mebibyte, '256MiB').default(32 * mebibyte),
  operations,
}).prefault({})

/** How far callers may go. Sizes in bytes. */
export type Limits = Readonly<z.infer<typeof limitsSchema>>
