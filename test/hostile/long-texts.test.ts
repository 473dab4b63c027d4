import process from 'node:process'
import { describe, expect, it } from '@jest/globals'
import { toCaller } from '../../src/access/claims.ts'
import { CertificateList, certificateOrdering } from '../../src/catalog/certificate-list.ts'
import { decodeCursor } from '../../src/catalog/cursor.ts'
import { tidyDistinguishedName, toDistinguishedName } from '../../src/catalog/distinguished-name.ts'
import { createX509Test } from '../../src/catalog/filter.ts'
import {
  decimalSerial,
  fold,
  hexFingerprint,
  hexSerial,
  spellAddress,
  toAsciiName,
} from '../../src/catalog/spelling.ts'
import { parseTrustAnchor } from '../../src/catalog/trust-anchor.ts'
import { findWeaknesses } from '../../src/catalog/weakness.ts'
import { readElement } from '../../src/catalog/x509/der.ts'
import { decodeBody, derOf, splitHeaders, toPem } from '../../src/catalog/x509/pem.ts'
import { readText } from '../../src/catalog/x509/text.ts'
import { readTime } from '../../src/catalog/x509/time.ts'
import { noX509Details, parseX509, readX509 } from '../../src/catalog/x509.ts'
import { rejectPrivateKey } from '../../src/input-error.ts'
import { createLog } from '../../src/log.ts'
import { OwnerRules } from '../../src/owners/owner-rules.ts'
import { parseEdgerc } from '../../src/providers/akamai/edgerc.ts'
import { enrollmentDetailsShape, parseError as parseAkamaiError } from '../../src/providers/akamai/wire.ts'
import { parseGlobalId, typenameIn } from '../../src/providers/global-id.ts'
import { toServiceUrl } from '../../src/providers/liveperson/domain.ts'
import { isForbidden } from '../../src/providers/openai/forbidden.ts'
import { parseId, RowReader } from '../../src/providers/row-reader.ts'
import { dateScalar, dateTimeScalar, durationScalar } from '../../src/schema/scalars.ts'
import { parseFilter } from '../../src/schema/search/filter-input.ts'
import { parseIdempotencyKey } from '../../src/server/idempotency-header.ts'
import { shortened, toRequestMessage } from '../../src/server/request-message.ts'
import { endlessTimeSlice } from '../../src/time-slice.ts'
import { parseDate, parseRateLimitNext, parseRetryAfter } from '../../src/upstream/call/retry-after.ts'
import { UpstreamError } from '../../src/upstream/error.ts'
import { parseJson } from '../../src/upstream/exact-json.ts'
import { createRedactor } from '../../src/upstream/redact.ts'
import { checkId, checkSwitchKey } from '../../src/upstream/url.ts'
import {
  altNames,
  ascii,
  attribute,
  buildCertificate,
  commonName,
  der,
  generalizedTime,
  nameOf,
  utf8,
} from '../support/build-certificate.ts'
import { findExcess } from '../support/cpu-time.ts'
import { plainCertificate } from '../support/plain-certificate.ts'

const [short, long] = [100_000, 1_000_000]
/** A longer certificate is rejected by `derOf`. */
const longestCertificate = 200_000
const filled = (part: string, length: number) => part.repeat(Math.ceil(length / part.length)).slice(0, length)

type Run<Input> = (input: Input) => unknown

function expectLinear<Input>(toInput: (length: number) => Input, run: Run<Input>, length = long): void {
  const [shortInput, longInput] = [toInput(length / 10), toInput(length)]
  const [runShort, runLong] = [() => catching(() => run(shortInput)), () => catching(() => run(longInput))]
  expect(findExcess(runShort, runLong)).toBeNull()
}

/** Each part is repeated. Together they are the worst inputs of regular expressions, normalization and conversion. */
const parts = [
  'a',
  '1',
  '0',
  ' ',
  '\n',
  '\\n',
  'n\\',
  '"',
  '\\"',
  '"\\',
  ',',
  ' ,',
  '="',
  '\\',
  ':',
  '0:',
  '0a:',
  '.',
  '-',
  'a-',
  '/',
  ';',
  '";',
  'a=',
  'AAAA===',
  'A:b\n',
  'A:b\n c\n',
  'MA',
  '/MH8CAQAwfAY',
  '/MIIEvAIBAAKCAQEA',
  '/MIHwMFwGCSqGSIb3DQEFDQ',
  `M${' '.repeat(99)}A`,
  `M${'\\n'.repeat(50)}`,
  '-----BEGIN ',
  '-----BEGIN A',
  '-----BEGIN CERTIFICATE-----\n',
  '-----BEGIN CERTIFICATE\n',
  '-----END ',
  '-----END A-----',
  'a\n-----END ',
  'PRIVATE KEY',
  ' at "',
  'scope',
  'retry after ',
  '\u0315\u0300\u0327',
  'e\u0301',
  '\u0344',
  'ü',
  'ü.',
  '\ud835\udd38',
  '\ud800',
]
/** What is before the repeated parts, for expressions that look for it. */
const starts = ['', '-----END ', '-----BEGIN A-----', '-----BEGIN CERTIFICATE-----', 'x="']

/** What is after them, for expressions that fail at the end and try again from the next character. */
const ends = ['', '\0/']

const texts = starts.flatMap((start) =>
  parts.flatMap((part) => ends.map((end) => (length: number) => start + filled(part, length) + end)),
)

const secrets = ['aaaaaaaaaaaaaaaab', 'n\\n\\n\\n"', '1']
const redact = createRedactor(secrets)
const keepAll = (text: string) => text
const clientError = new UpstreamError('UPSTREAM_UNAUTHENTICATED', '')
const log = createLog({ level: 'info', secrets }, { write: () => {} })
const ordering = certificateOrdering()
const issuerConfig = { issuer: 'https://issuer.example', scopesClaim: 'scope', placesClaim: 'places' }
const nameOrdering = certificateOrdering({ field: 'NAME', direction: 'ASC' })
const x509Test = createX509Test({ issuerContains: 'needle', subjectAltName: 'needle.example' })

const patterns = ['*.example', '*a*b*c', '*.*.*.example', `*.${'a.'.repeat(120)}b`]
const ownerRules = new OwnerRules([
  {
    match: { provider: null, places: null, names: patterns, subjectAltNames: patterns },
    owner: { name: 'web', contact: null, runbookUrl: null },
  },
])

const functions: Readonly<Record<string, Run<string>>> = {
  'the redactor': (text) => redact(text, Number.POSITIVE_INFINITY),
  'the redactor with a limit': (text) => redact(text, 300),
  'the redactor with newer secrets': (text) => redact(text, 300, ['newer-secret']),
  'a line of the log': (text) => log.info({ [text.slice(0, 50_000)]: text }, text),
  toRequestMessage: (text) => toRequestMessage(`Variable "$a" got invalid value "${text}"; ${text}`, keepAll, text),
  shortened: (text) => shortened(text, 100),
  fold,
  toAsciiName,
  spellAddress,
  hexSerial,
  decimalSerial,
  hexFingerprint,
  tidyDistinguishedName,
  parseTrustAnchor: (text) => parseTrustAnchor(text, 'content', 0),
  rejectPrivateKey: (text) => rejectPrivateKey(text, 'content'),
  derOf,
  parseX509: (text) => parseX509(`-----BEGIN CERTIFICATE-----${text}-----END CERTIFICATE-----`),
  decodeBody,
  splitHeaders,
  toPem: (text) => toPem(Buffer.from(text)),
  findWeaknesses: (text) => findWeaknesses({ ...noX509Details, keyAlgorithm: text, signatureAlgorithm: text }),
  'the order by name': (text) => nameOrdering.position({ ...plainCertificate, name: text, x509: {} }),
  'the filter of names': (text) =>
    new CertificateList([{ ...plainCertificate, name: text, x509: { subjectAltNames: [text] } }]).withText(
      'needle',
      endlessTimeSlice,
    ),
  'the filter of X.509 fields': (text) =>
    x509Test?.accepts({ ...noX509Details, issuer: text, subjectAltNames: [text] }),
  'the rules for owners': (text) =>
    ownerRules.ownerOf({
      ...plainCertificate,
      name: text,
      x509: { subjectAltNames: [text, `${text.slice(0, 1_000)}.b`] },
    }),
  'filter.nameContains': (text) =>
    parseFilter({ nameContains: text }, { owners: OwnerRules.none, caller: { places: null } }),
  'filter.serialNumber': (text) =>
    parseFilter({ serialNumber: text }, { owners: OwnerRules.none, caller: { places: null } }),
  'filter.sha256Fingerprint': (text) =>
    parseFilter({ sha256Fingerprint: text }, { owners: OwnerRules.none, caller: { places: null } }),
  Duration: (text) => durationScalar.parseValue(`P${text}`),
  Date: (text) => dateScalar.parseValue(text),
  DateTime: (text) => dateTimeScalar.parseValue(`2027-01-31T00:00:00.${text}`),
  decodeCursor: (text) => decodeCursor(ordering, text, 'after'),
  parseGlobalId: (text) => parseGlobalId(text),
  typenameIn,
  checkId: (text) => checkId(text, 'id'),
  checkSwitchKey: (text) => checkSwitchKey(text, 'key'),
  'an id of a row': parseId,
  'the members of a row': (text) => {
    const row = new RowReader({ text, list: [text] })
    return [row.text('text'), row.flag('text'), row.seconds('text'), row.date('text'), row.texts('list')]
  },
  parseJson: (text) => parseJson(`["1234567890123456789",${JSON.stringify(text)}]`),
  'parseJson of a fragment': (text) => parseJson(`["1234567890123456789",${text}`),
  'an enrollment': (text) => enrollmentDetailsShape.parse({ location: text }),
  'an error of Akamai': (text) => parseAkamaiError({ detail: `retry after ${text}` }),
  isForbidden: (text) => isForbidden(Object.assign(clientError, { message: text })),
  toServiceUrl: (text) => toServiceUrl(text, 'http://127.0.0.1:1'),
  parseEdgerc: (text) => parseEdgerc(`[a]\nb="${text}`),
  'headers with times': (text) => [
    parseRetryAfter(text, 0),
    parseRateLimitNext(`2027-01-31T${text}`, 0),
    parseDate(`Mon${text}`, 0),
  ],
  'the header Idempotency-Key': (text) => [parseIdempotencyKey(text), parseIdempotencyKey(`"${text}"`)],
  'the claims of a token': (text) => toCaller({ sub: text, scope: text, places: [text] }, issuerConfig),
}

describe('the CPU time of long texts is linear:', () => {
  // Most combinations take no time at all. Those that do are measured again, so that each is compared with itself.
  it.each(Object.entries(functions))('%s', (_, run) => {
    const costly = texts
      .map((toText) => {
        const input = toText(short)
        return { toText, cost: timeOf(() => run(input)) }
      })
      .sort((a, b) => b.cost - a.cost)
      .slice(0, 3)
    for (const { toText } of costly) expectLinear(toText, run)
  })

  it.each([
    ['one number', (length: number) => filled('1', length)],
    ['one negative number', (length: number) => `-${filled('9', length)}`],
    ['a fraction', (length: number) => `0.${filled('9', length)}`],
    ['an exponent', (length: number) => `1e${filled('9', length)}`],
    ['many numbers', (length: number) => `[${filled('12345678901234567890,', length)}1]`],
    [
      'one member many times',
      (length: number) => `{${filled('"a":12345678901234567890,', length - (length % 25))}"a":12345678901234567890}`,
    ],
    // Nested lists without long numbers are left to JSON.parse, whose memory makes 1 MB 20 times as expensive.
  ])('parseJson of %s', (_, toText) => {
    expectLinear(toText, (text) => parseId(parseJson(text)))
  })

  it.each([
    ['one name', (length: number) => buildCertificate({ extensions: [altNames(ascii(0x82, filled('ü.', length)))] })],
    [
      'many names',
      (length: number) =>
        buildCertificate({ extensions: [altNames(Buffer.concat(Array(length / 10).fill(ascii(0x82, 'a.exampl'))))] }),
    ],
    [
      'many attributes',
      (length: number) =>
        buildCertificate({
          subject: der(0x30, Buffer.concat(Array(length / 20).fill(der(0x31, commonName('aaaaaaa'))))),
        }),
    ],
    ['a long attribute', (length: number) => buildCertificate({ subject: nameOf(commonName(filled('\\ ,', length))) })],
    ['a long serial number', (length: number) => buildCertificate({ serialNumber: filled('7f', 2 * length) })],
    [
      'many extensions',
      (length: number) =>
        buildCertificate({ extensions: [Buffer.concat(Array(length / 20).fill(altNames(ascii(0x82, 'a.b'))))] }),
    ],
  ])('readX509 of %s', (_, toBytes) => {
    expectLinear(toBytes, readX509, longestCertificate)
  })

  it.each([
    ['nested elements', (length: number) => Buffer.from(filled('\x30\x80', length), 'latin1')],
    ['one text', (length: number) => utf8(0x0c, filled('é', length))],
    ['many texts in one', (length: number) => der(0x2c, Buffer.concat(Array(length / 4).fill(utf8(0x0c, 'aa'))))],
    ['a text in UTF-32', (length: number) => der(0x1c, filled('0001d538', 2 * length))],
    ['a time', (length: number) => generalizedTime(`20270131000000.${filled('9', length)}Z`)],
    ['an unknown attribute', (length: number) => nameOf(attribute('1.2.3.4', utf8(0x0c, filled('a', length))))],
  ])('the elements of DER: %s', (_, toBytes) => {
    expectLinear(
      toBytes,
      (bytes) => [
        readText(readElement(bytes)),
        catching(() => readTime(readElement(bytes))),
        catching(() => toDistinguishedName(bytes)),
      ],
      longestCertificate,
    )
  })
})

/** An error about the input counts as an answer. */
function catching(run: () => unknown): unknown {
  try {
    return run()
  } catch (error) {
    return error
  }
}

function timeOf(run: () => unknown): number {
  catching(run)
  const start = process.cpuUsage()
  catching(run)
  const { user, system } = process.cpuUsage(start)
  return user + system
}
