import type { GraphQLSchema } from 'graphql'
import { defaultLimits, type FieldLimits } from '../limits.ts'
import type { Vendor } from '../providers/provider.ts'
import { guards } from './authorization.ts'
import { createBuilder } from './builder.ts'
import { registerCertificate } from './certificate.ts'
import { registerCertificateChanged } from './certificate-changed.ts'
import { describeListArguments, registerCertificateInputs } from './certificate-input.ts'
import { registerCertificates } from './certificates.ts'
import type { ChangeSource } from './change-list.ts'
import { registerChanges } from './changes.ts'
import { prices } from './cost/prices.ts'
import { registerEnums } from './enums.ts'
import { federationLink } from './federation/directives.ts'
import { createEntities } from './federation/entities.ts'
import { registerFederationFields } from './federation/fields.ts'
import { createFieldDescriptions } from './field-descriptions.ts'
import { createNodeFinder } from './find-node.ts'
import type { SchemaKit } from './kit.ts'
import { registerMutationErrors } from './mutation-error.ts'
import { createMutationInput } from './mutation-input.ts'
import { registerNodes } from './nodes.ts'
import { completeListsInSlices } from './object-lists.ts'
import { registerOwner } from './owner.ts'
import { registerPlace } from './place.ts'
import { registerPlaces } from './places.ts'
import type { SubgraphOptions } from './print.ts'
import { dateScalar, dateTimeScalar, durationScalar, toDateTime } from './scalars.ts'
import { type CertificateRules, createSearch } from './search/create-search.ts'
import { createPlaceList } from './search/place-list.ts'
import { registerStatistics } from './statistics.ts'

/**
 * The schema: the types that all vendors use, the root fields, then the types and root fields of each vendor.
 * @param changes null: nothing is recorded
 */
export function createSchema(
  vendors: readonly Vendor[],
  { expiry: thresholds, owners }: CertificateRules,
  limits: FieldLimits = defaultLimits,
  published: SubgraphOptions = { requiresScopes: true },
  changes: ChangeSource | null = null,
): GraphQLSchema {
  const builder = createBuilder()
  builder.addScalarType('Date', dateScalar)
  builder.addScalarType('DateTime', dateTimeScalar)
  builder.addScalarType('Duration', durationScalar)

  const enums = registerEnums(builder, vendors)
  const place = registerPlace(builder, enums, vendors)
  const { CertificatePlace } = place
  const CertificateOwner = registerOwner(builder)
  const Certificate = registerCertificate(builder, enums, CertificatePlace, { thresholds, owners, CertificateOwner })
  registerMutationErrors(builder, CertificatePlace)
  const inputs = registerCertificateInputs(builder, enums, vendors)
  const nodes = createNodeFinder(vendors)
  const { asEntity, types: entities } = createEntities(builder, (typename) => nodes.entityKey(typename)?.fields)
  asEntity(Certificate)
  asEntity(CertificatePlace)
  const listArguments = describeListArguments(inputs)
  const fieldDescriptions = createFieldDescriptions()
  const kit: SchemaKit = {
    builder,
    Certificate,
    CertificatePlace,
    listArguments,
    listCertificates: createPlaceList({ thresholds, owners }),
    mutationInput: createMutationInput(builder),
    asEntity,
    describeFields: fieldDescriptions.describeFields,
    guards,
    prices,
    toDateTime,
  }

  const search = createSearch(vendors, { expiry: thresholds, owners }, nodes)
  registerCertificates(kit, place, search)
  registerStatistics(kit, { ...enums, CertificateOwner }, place, search)
  registerPlaces(kit, enums, place, vendors)
  const changeTypes = registerChanges(kit, enums, search, changes)
  registerCertificateChanged(kit, changeTypes, search, changes)
  registerNodes(kit, nodes, limits.nodes)
  for (const vendor of vendors) vendor.register(kit)
  registerFederationFields(builder, entities, nodes, limits.representations, published)
  const schema = builder.toSchema({ schemaDirectives: { link: federationLink }, sortSchema: false })
  fieldDescriptions.apply(schema)
  completeListsInSlices(schema)
  return schema
}
