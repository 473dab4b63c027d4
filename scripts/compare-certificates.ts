import { spellAddress } from '../src/catalog/spelling.ts'
import { toPem } from '../src/catalog/x509/pem.ts'
import { parseX509, type X509Details } from '../src/catalog/x509.ts'
import { readByOpenSSL } from './openssl.ts'

export interface Difference {
  /** The field. */
  readonly kind: string
  readonly difference: string
}

type Printed = ReturnType<typeof readByOpenSSL>

/** The certificates in a file, in PEM. Empty when it is neither PEM nor DER. */
export function listCertificates(file: Buffer): readonly string[] {
  if (file[0] === 0x30) return [toPem(file)]
  return file.toString('latin1').match(/-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----.*?-----END \1-----/gs) ?? []
}

/** Where the reading differs from OpenSSL's. Null when both refuse the certificate. */
export function compareWithOpenSSL(pem: string): readonly Difference[] | null {
  const [own, printed] = [attempt(() => parseX509(pem)), attempt(() => readByOpenSSL(pem))]
  if (!own || !printed) {
    if (!own && !printed) return null
    return [{ kind: 'readable', difference: own ? 'only by this program' : 'only by OpenSSL' }]
  }
  const moment = (time: number | null) => (time === null ? null : new Date(time).toISOString())
  return [
    ...compare('subject', own.subject ?? '', printed.subject),
    ...compare('issuer', own.issuer ?? '', printed.issuer),
    ...compare('serialNumber', own.serialNumber, printed.serialNumber),
    ...compare('sha256Fingerprint', own.sha256Fingerprint, printed.sha256Fingerprint),
    ...compare('validFrom', moment(own.validFrom), printed.validFrom),
    ...compare('expiresAt', moment(own.expiresAt), printed.expiresAt),
    // OpenSSL prints no size for some types of keys.
    ...(printed.keySize === null ? [] : compare('keySize', own.keySize, printed.keySize)),
    ...(hasIssue(own, 'basicConstraints') ? [] : compare('isCA', own.isCA, printed.isCA)),
    ...compareHash(own, printed),
    ...compareNames(own, printed),
    ...compareIssues(own),
  ]
}

/** OpenSSL's name of the algorithm contains that of the hash, unless it cannot name it or read the parameters. */
function compareHash(own: X509Details, { signatureAlgorithm = '' }: Printed): readonly Difference[] {
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '')
  const name = plain(signatureAlgorithm)
  const isSame =
    own.signatureAlgorithm === null
      ? hasIssue(own, 'signatureAlgorithm') || !/sha|md\d|ripemd/.test(name)
      : name.includes(plain(own.signatureAlgorithm)) || /^(?:[\d.]+|rsassaPss)$/.test(signatureAlgorithm)
  return isSame ? [] : compare('signatureAlgorithm', own.signatureAlgorithm, signatureAlgorithm)
}

/** Compares the names that OpenSSL prints without an escape. It separates names by commas, which they may contain. */
function compareNames(own: X509Details, { subjectAltNames }: Printed): readonly Difference[] {
  if (hasIssue(own, 'subjectAltName')) return []
  // OpenSSL prints one line, which is trimmed.
  const listed = new Set(own.subjectAltNames?.map((name) => (name.split('\n', 1)[0] ?? '').trim()))
  const missing = subjectAltNames.filter((printed) => {
    const [, kind = '', value = ''] = /^(DNS|IP Address|email|URI):(.*)$/.exec(printed) ?? []
    if (kind === 'DNS') return !listed.has(value.toLowerCase())
    if (kind === 'IP Address') return !listed.has(spellAddress(value.toLowerCase()))
    // The rest of a value with a comma in it is not a name.
    return kind !== '' && ![...listed].some((name) => name.startsWith(printed))
  })
  const isEmpty = subjectAltNames.length > 0 && listed.size === 0
  return missing.length > 0 || isEmpty ? compare('subjectAltNames', [...listed], subjectAltNames) : []
}

/** A value that is missing needs an issue that says why. */
function compareIssues(own: X509Details): readonly Difference[] {
  const parts: [keyof X509Details, string][] = [
    ['validFrom', 'notBefore'],
    ['expiresAt', 'notAfter'],
    ['isCA', 'basicConstraints'],
    ['subjectAltNames', 'subjectAltName'],
    ['keyAlgorithm', 'subjectPublicKeyInfo'],
  ]
  return parts
    .filter(([field, part]) => own[field] === null && !hasIssue(own, part) && !hasIssue(own, 'extensions'))
    .map(([field, part]) => ({ kind: 'x509Issues', difference: `${field} is null without an issue of ${part}` }))
}

function hasIssue({ issues }: X509Details, part: string): boolean {
  return issues?.some((issue) => issue.startsWith(part)) ?? false
}

function compare(kind: string, own: unknown, printed: unknown): readonly Difference[] {
  const [ours, theirs] = [JSON.stringify(own), JSON.stringify(printed)]
  return ours === theirs ? [] : [{ kind, difference: `${ours}, OpenSSL: ${theirs}` }]
}

function attempt<Value>(read: () => Value): Value | null {
  try {
    return read()
  } catch {
    return null
  }
}
