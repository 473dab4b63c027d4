import { z } from 'zod'
import { isObject } from '../is-object.ts'
import type { OwnerRule } from '../owners/owner-rule.ts'
import { mapping } from './mapping.ts'
import type { ConfigPart } from './part.ts'
import { expected } from './wording.ts'

const maxRules = 500
const maxEntries = 200

const textOf = (what: string, maxLength: number) => {
  const expectation = expected(`${what} of 1 to ${maxLength} characters`)
  return z
    .string(expectation)
    .regex(/^[^\p{Cc}]*$/u, expectation)
    .min(1, expectation)
    .max(maxLength, expectation)
}

/** A list without entries would match nothing. */
const listOf = (what: string, entry: z.ZodType<string>) => {
  const expectation = expected(`a list of 1 to ${maxEntries} ${what}`)
  return z.array(entry, expectation).min(1, expectation).max(maxEntries, expectation).nullable().default(null)
}

const pattern = textOf('a name or a pattern such as "*.shop.example", quoted,', 256)
const urlExpected = expected('a URL with http or https, such as https://runbooks.example/certificates')

/** A link for people. Clients may show it, so other schemes, such as javascript, are not accepted. */
const runbookUrl = z
  .string(urlExpected)
  .max(2048, expected('a URL of at most 2048 characters'))
  .refine((text) => /^https?:\/\/[^\s\\]+$/i.test(text) && URL.canParse(text), urlExpected)
  .superRefine(
    (text, context) => {
      const { username, password } = new URL(text)
      if (username !== '' || password !== '') context.addIssue('contains credentials; expected a URL without them')
    },
    { when: ({ issues }) => issues.length === 0 },
  )

type Parts = Readonly<Record<string, Pick<ConfigPart<never>, 'provider'>>>

const providersOf = (parts: Parts) => Object.values(parts).map(({ provider }) => provider)

const rule = (providers: readonly string[]) =>
  mapping({
    match: mapping({
      provider: z
        .enum(providers, expected(`one of ${providers.join(', ')}`))
        .nullable()
        .default(null),
      places: listOf('ids of places', textOf('the id of a place', 2048)),
      names: listOf('names', pattern),
      subjectAltNames: listOf('names', pattern),
    }),
    owner: textOf('the name of a person or team', 128),
    contact: textOf('how to reach the owner,', 256).nullable().default(null),
    runbookUrl: runbookUrl.nullable().default(null),
  }).transform(
    ({ match, owner, contact, runbookUrl }): OwnerRule => ({ match, owner: { name: owner, contact, runbookUrl } }),
  )

/** `owners:` in the configuration file: rules, of which the first that matches a certificate gives its owner. */
export function ownersSchema(parts: Parts): z.ZodType<readonly OwnerRule[]> {
  const expectation = expected(`a list of at most ${maxRules} rules`)
  return z
    .array(rule(providersOf(parts)), expectation)
    .max(maxRules, expectation)
    .superRefine(
      (rules: readonly unknown[], context) => {
        const last = rules.findIndex(matchesAll)
        if (last === -1 || last === rules.length - 1) return
        const message = `never applies: owners[${last}] matches every certificate; expected the rule without conditions at the end`
        context.addIssue({ code: 'custom', path: [last + 1], message })
      },
      // Runs even when a rule is invalid, so that all mistakes are reported at once.
      { when: ({ value }) => Array.isArray(value) },
    )
    .default([])
}

/** The rules of a section that may have mistakes; undefined for each rule with one. */
export function parseValidRules(parts: Parts, section: unknown): readonly (OwnerRule | undefined)[] {
  const schema = rule(providersOf(parts))
  return Array.isArray(section) ? section.map((each) => schema.safeParse(each).data) : []
}

/** Whether a rule has no conditions. One with an unknown or invalid condition has one. */
function matchesAll(rule: unknown): boolean {
  return (
    isObject(rule) && isObject(rule['match']) && Object.values(rule['match']).every((condition) => condition === null)
  )
}
