import type { ExpiryRules } from '../../catalog/expiry.ts'
import type { OwnerRules } from '../../owners/owner-rules.ts'
import { CatalogueDuplicates } from '../../providers/catalogue-duplicates.ts'
import type { Vendor } from '../../providers/provider.ts'
import { createNodeFinder, type NodeFinder } from '../find-node.ts'
import type { Search } from './find-certificates.ts'

/** What the configuration says of certificates. Kept values depend on it: another configuration needs another schema. */
export interface CertificateRules {
  readonly expiry: ExpiryRules
  readonly owners: OwnerRules
}

/** The search over all places of the vendors, for the lists of the schema and for exports. */
export function createSearch(
  vendors: readonly Vendor[],
  { expiry: thresholds, owners }: CertificateRules,
  nodes: NodeFinder = createNodeFinder(vendors),
): Search {
  return { vendors, nodes, thresholds, owners, duplicates: new CatalogueDuplicates() }
}
