import { resolve } from 'node:path'
import { z } from 'zod'
import { mapping } from '../../config/mapping.ts'
import type { ConfigFolders } from '../../config/part.ts'
import { secret } from '../../config/place.ts'
import { host } from '../../config/url.ts'
import { expected } from '../../config/wording.ts'
import { switchKeyPattern } from '../../upstream/url.ts'
import { findSimilar, parseEdgerc } from './edgerc.ts'

/** The credentials of EdgeGrid signatures, and what is signed. */
export interface AkamaiCredentials {
  readonly clientToken: string
  readonly clientSecret: string
  readonly accessToken: string
  /** The number of bytes of a body that are hashed. */
  readonly maxBody: number
  readonly headersToSign: readonly string[]
}

/** An API client: its host as a base URL, its credentials, and the account that it acts for. */
export interface AkamaiApiClient {
  readonly host: string
  readonly credentials: AkamaiCredentials
  readonly accountSwitchKey: string | null
  /** The file and section that it was read from; absent for credentials in the configuration. */
  readonly edgerc?: EdgercSection
}

export interface EdgercSection {
  readonly path: string
  readonly section: string
}

const switchKeyExpected = expected('an account switch key: 1 to 128 characters of A-Z, a-z, 0-9, _, - and :')
const pathExpected = expected('the path of an .edgerc file')
const sectionExpected = expected('the name of a section')
const maxBodyExpected = expected('a number of bytes')

export const accountSwitchKey = z.string(switchKeyExpected).regex(switchKeyPattern, switchKeyExpected)

const clientToken = secret('a client token')
const clientSecret = secret('a client secret')
const accessToken = secret('an access token')
const defaultMaxBody = 131_072

/** `credentials:` of an account. */
export const credentials = mapping({ host, clientToken, clientSecret, accessToken }).transform(
  ({ host, clientToken, clientSecret, accessToken }): AkamaiApiClient => ({
    host,
    credentials: { clientToken, clientSecret, accessToken, maxBody: defaultMaxBody, headersToSign: [] },
    accountSwitchKey: null,
  }),
)

const section = z
  .object({
    host,
    client_token: clientToken,
    client_secret: clientSecret,
    access_token: accessToken,
    account_key: accountSwitchKey.nullable().default(null),
    max_body: z
      .string()
      .regex(/^[1-9]\d{0,8}$/, maxBodyExpected)
      .transform(Number)
      .default(defaultMaxBody),
    headers_to_sign: z.string().default(''),
  })
  .transform(
    (keys): AkamaiApiClient => ({
      host: keys.host,
      credentials: {
        clientToken: keys.client_token,
        clientSecret: keys.client_secret,
        accessToken: keys.access_token,
        maxBody: keys.max_body,
        headersToSign: keys.headers_to_sign
          .split(',')
          .map((header) => header.trim())
          .filter(Boolean),
      },
      accountSwitchKey: keys.account_key,
    }),
  )

/** The text of a file. The path may be relative or begin with `~`. */
const textAt = ({ base, home, files }: ConfigFolders) =>
  z
    .string(pathExpected)
    .min(1, pathExpected)
    .default('~/.edgerc')
    .transform((path, context) => {
      const file = resolve(
        base,
        path.replace(/^~(?=\/|$)/, () => home),
      )
      const text = files.readText(file, (message) => context.addIssue(message))
      return text === undefined ? z.NEVER : { file, text }
    })

/** `edgerc:` of an account: the file and section, by default those of Akamai's own tools. */
export const edgerc = (folders: ConfigFolders) =>
  mapping({
    path: textAt(folders),
    section: z.string(sectionExpected).min(1, sectionExpected).default('default'),
  }).transform(({ path: { file, text }, section: name }, context): AkamaiApiClient => {
    const mistake = (path: PropertyKey[], message: string) => {
      context.addIssue({ code: 'custom', path, message })
      return z.NEVER
    }
    const { sections, mistakes } = parseEdgerc(text)
    if (mistakes.length > 0) return mistake(['path'], `${mistakes.join('; ')}, in ${file}`)
    const found = sections.get(name)
    if (!found) return mistake(['section'], `no such section in ${file}; expected the name of one of its sections`)
    const similar = findSimilar(name, sections.keys())
    if (similar !== undefined)
      return mistake(['section'], `${file} has the sections ${name} and ${similar}; expected names that are not alike`)

    const duplicates = found.duplicates.filter((key) => Object.hasOwn(section.in.shape, key))
    for (const key of duplicates) mistake([key], `given twice in the section ${name}; expected it once, in ${file}`)
    const { data, error } = section.safeParse(found.settings)
    for (const { path, message } of error?.issues ?? []) mistake(path, `${message}, in ${file}`)
    if (duplicates.length > 0) return z.NEVER
    return data ? { ...data, edgerc: { path: file, section: name } } : z.NEVER
  })
