import { toDistinguishedName } from '../distinguished-name.ts'
import { spellAddress } from '../spelling.ts'
import { contextTag, type DerElement, expectTag, readMembers, readObjectIdentifier, readOctets } from './der.ts'
import { readText, readUtf8 } from './text.ts'

/**
 * A GeneralName (RFC 5280, 4.2.1.6) as text. DNS names and IP addresses have no prefix, every other kind has one.
 * @throws an error that says why the name cannot be read
 */
export function toGeneralName(name: DerElement): string {
  const read = kinds.get(name.tag)
  if (!read) throw new Error(`a name of the unknown kind [${name.tag & 0x1f}]`)
  return read(name)
}

const kinds: ReadonlyMap<number, (name: DerElement) => string> = new Map([
  [contextTag(0), readOtherName],
  [contextTag(1), (name) => `email:${readString(name, 'an email address')}`],
  [contextTag(2), (name) => readString(name, 'a DNS name').toLowerCase()],
  [contextTag(3), () => reject('an x400Address, which is not supported')],
  [contextTag(4), readDirectoryName],
  [contextTag(5), () => reject('an ediPartyName, which is not supported')],
  [contextTag(6), (name) => `URI:${readString(name, 'a URI')}`],
  [contextTag(7), readAddress],
  [contextTag(8), readRegisteredId],
])

/** A value that is not text is written as its DER in hex digits, as in RFC 4514. */
function readOtherName(name: DerElement): string {
  const [type, value] = readAs('an otherName without a type', () => readMembers(name))
  const id = readAs('an otherName without a type', () => readObjectIdentifier(type as DerElement))
  const [content, another] = readAs(`an otherName ${id} without a tagged value`, () =>
    readMembers(expectTag(value, contextTag(0))),
  )
  if (!content) return reject(`an otherName ${id} without a value`)
  if (another) return reject(`an otherName ${id} with several values`)
  return `otherName:${id}:${readText(content) ?? `#${content.encoded.toString('hex')}`}`
}

/** The type is IA5String, but some issuers write UTF-8. Bytes that are neither have no known meaning. */
function readString(name: DerElement, what: string): string {
  return readUtf8(readAs(what, () => readOctets(name))) ?? reject(`${what} that is not ASCII or UTF-8`)
}

function readDirectoryName(name: DerElement): string {
  const text = readAs('a dirName that is not a distinguished name', () => {
    const [directoryName] = readMembers(name)
    return toDistinguishedName((directoryName as DerElement).encoded)
  })
  return `dirName:${text ?? ''}`
}

function readAddress(name: DerElement): string {
  const bytes = readAs('an IP address', () => readOctets(name))
  if (bytes.length === 4) return bytes.join('.')
  if (bytes.length !== 16) return reject(`an IP address of ${bytes.length} bytes; expected 4 or 16`)
  return spellAddress(bytes.toString('hex').replace(/....(?=.)/g, '$&:'))
}

function readRegisteredId(name: DerElement): string {
  // The tag takes the place of that of an object identifier.
  return readAs(
    'a registeredID that is not an object identifier',
    () => `RID:${readObjectIdentifier({ ...name, tag: 6 })}`,
  )
}

function readAs<Value>(problem: string, read: () => Value): Value {
  try {
    return read()
  } catch {
    return reject(problem)
  }
}

function reject(problem: string): never {
  throw new Error(problem)
}
