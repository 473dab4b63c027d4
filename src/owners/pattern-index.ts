import { Glob } from './glob.ts'

interface RuleGlob {
  readonly glob: Glob
  readonly rule: number
}

/** A longer text cannot follow the `*` of a pattern that is looked up. */
const maxDomainLength = 256

/** The patterns of many rules. Most are a name, or `*.` and a domain: those are looked up, and the others are tried. */
export class PatternIndex {
  readonly #names = new Map<string, number[]>()
  /** By what follows the `*`. It begins with a dot. */
  readonly #domains = new Map<string, number[]>()
  readonly #globs: RuleGlob[] = []

  add(pattern: string, rule: number): void {
    const rest = pattern.slice(1)
    if (!pattern.includes('*')) addTo(this.#names, pattern, rule)
    else if (pattern.startsWith('*.') && !rest.includes('*') && rest.length <= maxDomainLength)
      addTo(this.#domains, rest, rule)
    else this.#globs.push({ glob: new Glob(pattern), rule })
  }

  /** Calls back with each rule that has a pattern of the text, perhaps more than once. */
  find(text: string, onRule: (rule: number) => void): void {
    this.#names.get(text)?.forEach(onRule)
    if (this.#domains.size > 0) {
      for (let dot = text.indexOf('.', text.length - maxDomainLength); dot !== -1; dot = text.indexOf('.', dot + 1))
        this.#domains.get(text.slice(dot))?.forEach(onRule)
    }
    for (const { glob, rule } of this.#globs) if (glob.matches(text)) onRule(rule)
  }
}

function addTo(rules: Map<string, number[]>, key: string, rule: number): void {
  const known = rules.get(key)
  if (known) known.push(rule)
  else rules.set(key, [rule])
}
