import { describe } from '@jest/globals'
import type { ProviderFacts } from './conformance/facts.ts'
import { describeFailures } from './conformance/failures.ts'
import { describeHostileLists } from './conformance/hostile-lists.ts'
import { describeLists } from './conformance/lists.ts'
import { describeReplicas } from './conformance/replicas.ts'
import { describeRows } from './conformance/rows.ts'
import { describeSecrets } from './conformance/secrets.ts'
import { describeVisibility } from './conformance/visibility.ts'

/** The conformance suite: what holds for every vendor, tested over loopback HTTP with the vendor's emulator. */
export function describeProvider<Config>(facts: ProviderFacts<Config>): void {
  describe(`the vendor ${facts.brand}`, () => {
    describeLists(facts)
    describeFailures(facts)
    describeRows(facts)
    describeHostileLists(facts)
    describeSecrets(facts)
    describeVisibility(facts)
    describeReplicas(facts)
  })
}
