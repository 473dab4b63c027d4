import { z } from 'zod'
import { isObject } from '../is-object.ts'
import { type EventKind, eventKinds, statusOrder } from '../notify/event-kind.ts'
import type { OwnerRule } from '../owners/owner-rule.ts'
import { addressOf, isPublicAddress } from '../upstream/public-address.ts'
import { isLoopback } from './loopback.ts'
import { mapping } from './mapping.ts'
import type { Mistakes } from './mistakes.ts'
import { expected } from './wording.ts'

/** An endpoint that changes are sent to. */
export interface NotifyEndpoint {
  /** How the log, the metrics and /health name it: its name, or its position such as `notify[0]`. The URL is a secret. */
  readonly label: string
  readonly name: string | null
  /** A secret: many receivers accept every request that has it. */
  readonly url: string
  /** The keys of the signatures, as the file has them. The first one is the newest. Empty: not signed. */
  readonly secrets: readonly string[]
  readonly format: 'json' | 'slack'
  /** Null: all kinds. */
  readonly kinds: readonly EventKind[] | null
  /** The names of owners. Null: certificates of every owner, and those without one. */
  readonly owners: readonly string[] | null
  /** The vendors' ids of places. Null: all places. */
  readonly places: readonly string[] | null
  /** Null: every status. */
  readonly minStatus: (typeof statusOrder)[number] | null
  /** Whether addresses that are not public are connected to. */
  readonly allowPrivate: boolean
}

const maxEndpoints = 20
const maxEntries = 200
const maxUrlLength = 2048
const maxSecrets = 3
/** Of the key that a secret is made of (Standard Webhooks 1.0, "Signature scheme"). */
const keyBytes = { min: 24, max: 64 }

const urlExpected = expected('a URL with https, such as https://hooks.example.com/certgraph')
const url = z
  .string(urlExpected)
  .max(maxUrlLength, expected(`a URL of at most ${maxUrlLength} characters`))
  .refine((text) => /^https?:\/\/[^\s\\]+$/i.test(text) && URL.canParse(text), urlExpected)
  .superRefine(
    (text, context) => {
      const { protocol, username, password } = new URL(text)
      if (username !== '' || password !== '')
        context.addIssue('contains credentials; expected a URL without them, and a receiver that checks signatures')
      else if (text.includes('#')) context.addIssue('has a fragment; expected a URL without the # and what follows it')
      else if (protocol !== 'https:') context.addIssue('plain http; expected https')
    },
    { when: ({ issues }) => issues.length === 0 },
  )

const secretText = `whsec_ and the base64 of ${keyBytes.min} to ${keyBytes.max} random bytes`
const secretsExpected = expected(`${secretText}, or a list of up to ${maxSecrets}`)
const secrets = z
  // A custom check aborts by default, and the checks of the mapping around it would not run.
  .custom<string | readonly string[]>(areSecrets, { ...secretsExpected, abort: false })
  .transform((value) => [value].flat())
  .optional()

const nameExpected = expected('a name of 1 to 64 letters, digits, spaces, _, . and -')
const name = z
  .string(nameExpected)
  .regex(/^[\w.-]([\w .-]{0,62}[\w.-])?$/, nameExpected)
  .nullable()
  .default(null)

const listOf = <Entry extends string>(what: string, entry: z.ZodType<Entry>) => {
  const expectation = expected(`a list of 1 to ${maxEntries} ${what}`)
  return z.array(entry, expectation).min(1, expectation).max(maxEntries, expectation).nullable().default(null)
}

const textOf = (what: string, maxLength: number) => {
  const expectation = expected(`${what} of 1 to ${maxLength} characters`)
  return z.string(expectation).min(1, expectation).max(maxLength, expectation)
}

const endpoint = mapping({
  name,
  url,
  secret: secrets,
  format: z.enum(['json', 'slack'], expected('json or slack')).default('json'),
  kinds: listOf('kinds', z.enum(eventKinds, expected(`one of ${eventKinds.join(', ')}`))),
  owners: listOf('owners', textOf('the name of an owner', 128)),
  places: listOf('ids of places', textOf('the id of a place at its vendor', 2048)),
  minStatus: z
    .enum(statusOrder, expected(`one of ${statusOrder.join(', ')}`))
    .nullable()
    .default(null),
  allowPrivate: z.boolean(expected('true or false')).default(false),
})

const endpointsExpected = expected(`a list of at most ${maxEndpoints} endpoints`)
const section = z.array(endpoint, endpointsExpected).max(maxEndpoints, endpointsExpected).default([])

/** Parses `notify:`. Empty in the sandbox: its certificates are invented. */
export function parseNotify(
  value: unknown,
  owners: readonly Pick<OwnerRule, 'owner'>[] | undefined,
  mode: 'live' | 'sandbox',
  mistakes: Mistakes,
): readonly NotifyEndpoint[] | undefined {
  const endpoints = mistakes.read(section, value, ['notify'])
  // Runs even when endpoints are invalid, so that all mistakes are reported at once.
  for (const [index, each] of (Array.isArray(value) ? value : []).entries()) {
    if (isObject(each)) findMistakes(each, index, owners, mistakes)
  }
  const names = endpoints?.map((each) => each.name) ?? []
  for (const [index, each] of names.entries()) {
    const first = names.indexOf(each)
    if (each !== null && first < index)
      mistakes.add(['notify', index, 'name'], `the name of notify[${first}] too; expected another name`)
  }
  if (mode === 'sandbox') return []
  return endpoints?.map(({ secret: keys = [], ...rest }, index) => ({
    ...rest,
    label: rest.name ?? `notify[${index}]`,
    secrets: keys,
  }))
}

/** Finds mistakes between the settings of one endpoint, of which some may be invalid. */
function findMistakes(
  { url: address, secret: key, format, owners: listed, allowPrivate }: Readonly<Record<string, unknown>>,
  index: number,
  owners: readonly Pick<OwnerRule, 'owner'>[] | undefined,
  mistakes: Mistakes,
): void {
  if (key === undefined && format !== 'slack')
    mistakes.add(
      ['notify', index, 'secret'],
      `missing; expected ${secretText}, with which the receiver checks signatures`,
    )
  if (allowPrivate !== true && typeof address === 'string' && isPrivateHost(address))
    mistakes.add(
      ['notify', index, 'url'],
      'an address that is not public; expected a public one, or "allowPrivate: true" beside it',
    )
  if (!owners || !Array.isArray(listed)) return
  const known = new Set(owners.map(({ owner }) => owner.name))
  for (const [position, owner] of listed.entries()) {
    if (typeof owner === 'string' && owner !== '' && !known.has(owner))
      mistakes.add(['notify', index, 'owners', position], 'the owner of no rule; expected an owner of a rule in owners')
  }
}

/** Whether the host of a URL is this machine, or an address that is not public. Resolves no names. */
function isPrivateHost(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { hostname } = new URL(text)
  const address = addressOf(hostname)
  return address === null ? isLoopback(hostname.replace(/\.$/, '')) : !isPublicAddress(address)
}

function areSecrets(value: unknown): boolean {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value]
  return (
    list.length > 0 && list.length <= maxSecrets && list.every((each) => typeof each === 'string' && isSecret(each))
  )
}

function isSecret(text: string): boolean {
  const [, encoded] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? []
  if (encoded === undefined) return false
  const key = Buffer.from(encoded, 'base64')
  const canonical = key.toString('base64')
  if (encoded !== canonical && encoded !== canonical.replaceAll('=', '')) return false
  return key.length >= keyBytes.min && key.length <= keyBytes.max
}

/** A shorter part of a URL would hide ordinary words of the log. */
const minSecretPart = 16

/** What must not appear in a message: the URL in both spellings, its path and query, and the secrets. */
export function secretsOfNotify(endpoints: readonly NotifyEndpoint[]): readonly string[] {
  return endpoints.flatMap(({ url: text, secrets: keys }) => {
    const { href, pathname, search } = new URL(text)
    const parts = [`${pathname}${search}`, pathname, search].filter(({ length }) => length >= minSecretPart)
    return [text, href, ...parts, ...keys, ...keys.map((key) => key.slice('whsec_'.length))]
  })
}
