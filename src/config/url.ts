import { z } from 'zod'
import { isLoopback } from './loopback.ts'
import { expected } from './wording.ts'

const urlExpected = expected('a URL such as https://api.example.com/v1')
const hostExpected = expected('a host name, with neither path nor credentials')

function faultOf({ protocol, username, password, hostname }: URL): string | undefined {
  if (username !== '' || password !== '') return 'holds credentials; expected a URL without them'
  if (protocol === 'http:' && !isLoopback(hostname))
    return 'plain http to another machine; expected https (http is for loopback addresses)'
  return undefined
}

/** Where a vendor is called: https, or http on this machine. Comes out without a trailing slash. */
export const baseUrl = z
  .string(urlExpected)
  .regex(/^[^?#]*$/, { ...urlExpected, error: 'has a query or a fragment; expected a URL without them' })
  .refine((text) => /^https?:\/\/[^\s\\]+$/i.test(text) && URL.canParse(text), urlExpected)
  .transform((text, context) => {
    const url = new URL(text)
    const fault = faultOf(url)
    if (fault !== undefined) context.addIssue(fault)
    return `${url.origin}${url.pathname}`.replace(/\/+$/, '')
  })

/** Where a document is: https, or http on this machine. Comes out as it went in. */
export const documentUrl = z
  .string(urlExpected)
  .refine((text) => /^https?:\/\/[^\s\\#]+$/i.test(text) && URL.canParse(text), urlExpected)
  .superRefine(
    (text, context) => {
      const fault = faultOf(new URL(text))
      if (fault !== undefined) context.addIssue(fault)
    },
    { when: ({ issues }) => issues.length === 0 },
  )

/** A bare host as files and variables name it, perhaps with a scheme or a trailing slash; comes out as its base URL. */
export const host = z
  .string(hostExpected)
  .regex(/^(https?:\/\/)?[^\s/\\?#@]+\/?$/i, hostExpected)
  .transform((text) => (text.includes('://') ? text : `https://${text}`))
  .pipe(baseUrl)
