import {
  contextTag,
  type DerElement,
  eachMember,
  expectTag,
  readElement,
  readMembers,
  readObjectIdentifier,
  readOctets,
  tags,
} from './der.ts'
import { toGeneralName } from './general-names.ts'

/** The values of the extensions of a certificate that are used, and what in those shown could not be read. */
export interface ExtensionValues {
  readonly isCA: boolean | null
  readonly extendedKeyUsage: readonly string[] | null
  readonly subjectAltNames: readonly string[] | null
  readonly issues: readonly string[]
}

const basicConstraints = '2.5.29.19'
const subjectAltName = '2.5.29.17'
const extendedKeyUsage = '2.5.29.37'

/** Reads the extensions of a TBSCertificate. Those that are not used are not looked into. */
export function readExtensions(tbsMembers: readonly DerElement[]): ExtensionValues {
  const issues: string[] = []
  const values = new Map<string, DerElement[]>([
    [basicConstraints, []],
    [subjectAltName, []],
    [extendedKeyUsage, []],
  ])
  try {
    for (const { id, value } of listExtensions(tbsMembers)) values.get(id)?.push(value)
  } catch {
    return { isCA: null, extendedKeyUsage: null, subjectAltNames: null, issues: ['extensions: malformed'] }
  }
  return {
    isCA: readIsCA(values.get(basicConstraints) ?? [], issues),
    extendedKeyUsage: readKeyUsage(values.get(extendedKeyUsage) ?? [], issues),
    subjectAltNames: readNames(values.get(subjectAltName) ?? [], issues),
    issues,
  }
}

function listExtensions(tbsMembers: readonly DerElement[]): { readonly id: string; readonly value: DerElement }[] {
  const tagged = tbsMembers.find(({ tag }) => tag === contextTag(3))
  if (!tagged) return []
  const [list] = readMembers(tagged)
  return readMembers(expectTag(list, tags.sequence)).map((extension) => {
    const members = readMembers(extension)
    const [id, value] = [members[0], members.at(-1)]
    return { id: readObjectIdentifier(expectTag(id, tags.objectIdentifier)), value: expectTag(value, tags.octetString) }
  })
}

/** Whether the certificate may issue others. False without the extension (RFC 5280, 4.2.1.9). */
function readIsCA(extensions: readonly DerElement[], issues: string[]): boolean | null {
  const [extension] = extensions
  if (!extension) return false
  if (extensions.length > 1) {
    issues.push(`basicConstraints: ${extensions.length} extensions of this type; expected one`)
    return null
  }
  try {
    const members = readMembers(readContent(extension))
    const cA = members[0]?.tag === tags.boolean ? members[0] : undefined
    // Only the length of the path may follow.
    const [pathLength, ...others] = cA ? members.slice(1) : members
    if (pathLength) expectTag(pathLength, tags.integer)
    if (others.length > 0 || (cA && cA.content.length !== 1)) throw new Error('not basic constraints')
    return cA ? cA.content[0] !== 0 : false
  } catch {
    issues.push('basicConstraints: malformed')
    return null
  }
}

/** RFC 5280 defines six, and vendors a few dozen. */
const maxUsages = 100

/** Null when it is malformed or too long. Empty without the extension. */
function readKeyUsage(extensions: readonly DerElement[], issues: string[]): readonly string[] | null {
  const [extension] = extensions
  if (!extension) return []
  try {
    if (extensions.length > 1) throw new Error('repeated')
    const members = readMembers(readContent(extension))
    if (members.length === 0) throw new Error('empty')
    if (members.length > maxUsages) {
      issues.push(`extendedKeyUsage: ${members.length} usages; expected at most ${maxUsages}`)
      return null
    }
    return members.map(readObjectIdentifier)
  } catch {
    issues.push(
      `extendedKeyUsage: ${extensions.length > 1 ? `${extensions.length} extensions of this type` : 'malformed'}`,
    )
    return null
  }
}

/** Certificate authorities allow 100 to 1,000 names in a certificate. A part of the names would look like all of them. */
const maxNames = 2_000

/** More unreadable names of a certificate are only counted. */
const maxIssues = 20

/** Every name that can be read, of all extensions of this type. Null when there are only unreadable ones, or too many. */
function readNames(extensions: readonly DerElement[], issues: string[]): readonly string[] | null {
  const names: string[] = []
  if (extensions.length > 1)
    issues.push(
      `subjectAltName: ${extensions.length} extensions of this type; expected one, the names of all are listed`,
    )
  const lists = extensions.map(listNames)
  const count = lists.reduce((sum, { elements }) => sum + elements.length, 0)
  if (count > maxNames) {
    issues.push(`subjectAltName: ${count} names; expected at most ${maxNames}`)
    return null
  }
  const problems = lists.flatMap((list) => readNamesOf(list, names))
  issues.push(...problems.slice(0, maxIssues))
  if (problems.length > maxIssues)
    issues.push(`subjectAltName: ${problems.length - maxIssues} more names that cannot be read`)
  return names.length === 0 && problems.length > 0 ? null : [...new Set(names)]
}

/** The names of an extension, up to one that is malformed. */
interface NameList {
  readonly elements: readonly DerElement[]
  readonly isMalformed: boolean
}

function listNames(extension: DerElement): NameList {
  const elements: DerElement[] = []
  try {
    for (const element of eachMember(readContent(extension))) elements.push(element)
    return { elements, isMalformed: false }
  } catch {
    return { elements, isMalformed: true }
  }
}

/** Adds the names of an extension, and returns what in it cannot be read. */
function readNamesOf({ elements, isMalformed }: NameList, names: string[]): readonly string[] {
  const problems: string[] = []
  for (const [index, element] of elements.entries()) {
    try {
      names.push(toGeneralName(element))
    } catch (error) {
      problems.push(`subjectAltName[${index}]: ${(error as Error).message}`)
    }
  }
  const { length } = elements
  if (isMalformed)
    problems.push(length === 0 ? 'subjectAltName: malformed' : `subjectAltName: malformed after ${length} names`)
  return problems
}

/** The SEQUENCE that an extension contains. */
function readContent(extension: DerElement): DerElement {
  return expectTag(readElement(readOctets(extension)), tags.sequence)
}
