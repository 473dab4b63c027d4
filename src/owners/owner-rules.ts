import type { Certificate } from '../catalog/certificate.ts'
import type { CertificateList } from '../catalog/certificate-list.ts'
import { SharedValue } from '../catalog/shared-value.ts'
import { fold, maxComparedLength, toAsciiName, toComparableNames, weighNames } from '../catalog/spelling.ts'
import { type TimeSlice, visitWeighed } from '../time-slice.ts'
import { OwnedList } from './owned-list.ts'
import type { CertificateOwner, OwnerRule } from './owner-rule.ts'
import { PatternIndex } from './pattern-index.ts'

/** What a rule looks at: members that every list of a vendor has. */
type OwnedRow = Pick<Certificate, 'provider' | 'place' | 'name'> & {
  readonly x509: Pick<Certificate['x509'], 'subjectAltNames'>
}

/**
 * The rules of one configuration; the first match wins. A new configuration has new rules: what they say of a reading is kept
 * here, and not in the reading.
 */
export class OwnerRules {
  static readonly none = new OwnerRules([])

  /** By name, in the order of the rules; the first rule of an owner counts. */
  readonly owners: ReadonlyMap<string, CertificateOwner>
  readonly #rules: readonly OwnerRule[]
  readonly #places: readonly (ReadonlySet<string> | null)[]
  readonly #names = new PatternIndex()
  readonly #subjectAltNames = new PatternIndex()
  /** The number of the last certificate that has matched the names of each rule. */
  readonly #nameMatches: Float64Array
  readonly #subjectAltNameMatches: Float64Array
  #evaluated = 0
  readonly #lists = new WeakMap<CertificateList, SharedValue<OwnedList>>()

  constructor(rules: readonly OwnerRule[]) {
    this.#rules = rules
    this.#places = rules.map(({ match }) => match.places && new Set(match.places))
    this.owners = new Map([...rules].reverse().map(({ owner }) => [owner.name, owner]))
    this.#nameMatches = new Float64Array(rules.length)
    this.#subjectAltNameMatches = new Float64Array(rules.length)
    for (const [index, { match }] of rules.entries()) {
      for (const pattern of match.names ?? [])
        for (const spelling of spellingsOf(fold(pattern), toHostPattern)) this.#names.add(spelling, index)
      for (const pattern of match.subjectAltNames ?? []) this.#subjectAltNames.add(toHostPattern(pattern), index)
    }
  }

  /** The owner of a certificate, by what its list says. */
  ownerOf(row: OwnedRow): CertificateOwner | null {
    return this.#rules[this.#find(row)]?.owner ?? null
  }

  /** The owners of all certificates of a list. Each is found once. */
  ownersIn<Row extends Certificate>(
    list: CertificateList<Row>,
    timeSlice: TimeSlice,
  ): OwnedList<Row> | Promise<OwnedList<Row>> {
    const kept = this.#lists.get(list) ?? new SharedValue<OwnedList>()
    if (kept.current === null) this.#lists.set(list, kept)
    const owned = kept.get(timeSlice, async (shared) => {
      const owners: (CertificateOwner | null)[] = []
      await visitWeighed(
        list.rows,
        shared,
        ({ x509 }) => weighNames(x509.subjectAltNames),
        (row) => {
          owners.push(this.ownerOf(row))
        },
      )
      return new OwnedList(list, owners)
    })
    // The rows are those of the list.
    return owned as OwnedList<Row> | Promise<OwnedList<Row>>
  }

  /** The index of the first rule that matches; -1 when none does. */
  #find({ provider, place, name, x509 }: OwnedRow): number {
    if (this.#rules.length === 0) return -1
    this.#evaluated += 1
    const evaluated = this.#evaluated
    const [nameMatches, subjectAltNameMatches] = [this.#nameMatches, this.#subjectAltNameMatches]
    if (name !== null) {
      for (const spelling of spellingsOf(fold(name), toAsciiName))
        this.#names.find(spelling, (rule) => (nameMatches[rule] = evaluated))
    }
    for (const each of toComparableNames(x509.subjectAltNames ?? []))
      this.#subjectAltNames.find(each.slice(0, maxComparedLength), (rule) => (subjectAltNameMatches[rule] = evaluated))
    return this.#rules.findIndex(({ match }, index) => {
      const places = this.#places[index] ?? null
      return (
        (match.provider === null || match.provider === provider) &&
        (places === null || isIn(place, places)) &&
        (match.names === null || nameMatches[index] === evaluated) &&
        (match.subjectAltNames === null || subjectAltNameMatches[index] === evaluated)
      )
    })
  }
}

/** Whether a place is listed, or the account that it belongs to. */
function isIn({ id, vendorId, parent }: Certificate['place'], places: ReadonlySet<string>): boolean {
  return places.has(id) || places.has(vendorId) || (parent ? isIn(parent, places) : false)
}

/**
 * A name or a pattern of names as it is, and in ASCII if it may be a host name: Akamai's names are. A vendor may have it in
 * either form, as may a rule. A name without a dot is a text of its own: "Zür*" has to match "Zürich".
 */
function spellingsOf(name: string, toAscii: (name: string) => string): readonly string[] {
  const ascii = name.includes('.') ? toAscii(name) : name
  return ascii === name ? [name] : [name, ascii]
}

/** A pattern in the form of the names it is compared with: in lower case, and in ASCII. */
function toHostPattern(pattern: string): string {
  const labels = pattern.toLowerCase().split('.')
  return labels.map((label) => (label.includes('*') ? label : toAsciiName(label))).join('.')
}
