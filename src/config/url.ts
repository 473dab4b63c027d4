import { z } from 'zod'
import { isLoopback } from './loopback.ts'
import { expected } from './wording.ts'

const urlExpected = expected('a URL such as https://api.example.com/v1')
const hostExpected = expected('a host name without path and credentials')

function findMistake({ protocol, username, password, hostname }: URL): string | undefined {
  if (username !== '' || password !== '') return 'contains credentials; expected a URL without them'
  if (protocol === 'http:' && !isLoopback(hostname))
    return 'plain http to another machine; expected https (http is for loopback addresses)'
  return undefined
}

/** The base URL of a vendor: https, or http to a loopback address. Returned without a trailing slash. */
export const baseUrl = z
  .string(urlExpected)
  .regex(/^[^?#]*$/, { ...urlExpected, error: 'has a query or a fragment; expected a URL without them' })
  .refine((text) => /^https?:\/\/[^\s\\]+$/i.test(text) && URL.canParse(text), urlExpected)
  .transform((text, context) => {
    const url = new URL(text)
    const mistake = findMistake(url)
    if (mistake !== undefined) context.addIssue(mistake)
    return withoutTrailingSlashes(`${url.origin}${url.pathname}`)
  })

const publicExpected = expected('a URL with http or https, such as https://certgraph.example.com')

/** The URL under which people reach this program. Returned without a trailing slash. */
export const publicUrl = z
  .string(publicExpected)
  .regex(/^[^?#]*$/, { ...publicExpected, error: 'has a query or a fragment; expected a URL without them' })
  .refine((text) => /^https?:\/\/[^\s\\]+$/i.test(text) && URL.canParse(text), publicExpected)
  .transform((text, context) => {
    const { username, password, origin, pathname } = new URL(text)
    if (username !== '' || password !== '') context.addIssue('contains credentials; expected a URL without them')
    return withoutTrailingSlashes(`${origin}${pathname}`)
  })

function withoutTrailingSlashes(text: string): string {
  let end = text.length
  while (text.charAt(end - 1) === '/') end--
  return text.slice(0, end)
}

/** The URL of a document: https, or http to a loopback address. Returned unchanged. */
export const documentUrl = z
  .string(urlExpected)
  .refine((text) => /^https?:\/\/[^\s\\#]+$/i.test(text) && URL.canParse(text), urlExpected)
  .superRefine(
    (text, context) => {
      const mistake = findMistake(new URL(text))
      if (mistake !== undefined) context.addIssue(mistake)
    },
    { when: ({ issues }) => issues.length === 0 },
  )

/** A host, with or without a scheme and a trailing slash. Returned as a base URL. */
export const host = z
  .string(hostExpected)
  .regex(/^(https?:\/\/)?[^\s/\\?#@]+\/?$/i, hostExpected)
  .transform((text) => (text.includes('://') ? text : `https://${text}`))
  .pipe(baseUrl)
