import { describe, expect, it } from '@jest/globals'
import { type DocumentNode, getOperationAST, Kind, parse, type SelectionSetNode, visit } from 'graphql'
import { createBareSchema } from '../../../scripts/printed.ts'
import { createCostOf } from '../../../src/schema/cost/cost.ts'
import { createFieldPrices } from '../../../src/schema/cost/field-price.ts'
import { mergedCost } from '../../../src/schema/cost/merged-cost.ts'
import { noSizes } from '../../../src/schema/cost/sizes.ts'
import { summedCost } from '../../../src/schema/cost/summed-cost.ts'
import { createSelections, fragmentsIn } from '../../../src/schema/selections.ts'
import { savedQueries } from '../../support/saved-queries.ts'

const schema = createBareSchema()
const costIn = createCostOf(schema)

/** The document with a count of how often its selection sets are read. */
function counted(query: string) {
  const count = { sets: 0, reads: 0 }
  const document: DocumentNode = visit(parse(query), {
    SelectionSet: {
      leave(node): SelectionSetNode {
        count.sets += 1
        const { selections } = node
        return {
          kind: Kind.SELECTION_SET,
          get selections() {
            count.reads += 1
            return selections
          },
        }
      },
    },
  })
  count.reads = 0
  return { document, count }
}

function workOf(query: string) {
  const { document, count } = counted(query)
  const cost = costIn({ document, operationName: null, variables: {} })?.cost
  return { cost, ...count }
}

/**
 * Fragments whose combinations double with each level: on the way `a`, a fragment on the first place of a level leads to
 * two of the next level, so that each way of as and bs merges another set of fragments.
 */
function combining(levels: number): string {
  const spread = (level: number, index: number) => (index < levels ? `...F${level}_${index}` : '')
  const fragments: string[] = []
  for (let level = 0; level < levels; level++) {
    for (let index = 0; index < levels; index++) {
      const ways = (others: string) =>
        `source { place { id ${spread(level + 1, index === 0 ? 0 : index + 1)} ${others} } }`
      const a = ways(index === 0 ? spread(level + 1, 1) : '')
      fragments.push(`fragment F${level}_${index} on CertificatePlace { a: ${a} b: ${ways('')} }`)
    }
  }
  for (let index = 0; index < levels; index++) {
    fragments.push(`fragment F${levels}_${index} on CertificatePlace { c${index}: source { status } }`)
  }
  return `{ openAIProject(id: "a") { ...F0_0 } } ${fragments.join(' ')}`
}

/** Fragments on every kind of place inside each other. */
function nested(levels: number): string {
  const types = ['OpenAIOrganization', 'OpenAIProject', 'AkamaiAccount', 'AkamaiContract', 'LivePersonAccount']
  const fragments = Array.from({ length: levels }, (_, level) => {
    const below = `source { place { ...L${level + 1} } }`
    return `fragment L${level} on CertificatePlace { ${types.map((type) => `... on ${type} { ${below} }`).join(' ')} }`
  })
  return `{ openAIProject(id: "a") { ...L0 } } ${fragments.join(' ')} fragment L${levels} on CertificatePlace { id }`
}

/** Named fragments that are spread twice in each other. */
function doubling(levels: number): string {
  const fragments = Array.from({ length: levels }, (_, level) => {
    const next = `...D${level + 1}`
    return `fragment D${level} on CertificatePlace { ${next} a: source { place { ${next} } } b: source { place { ${next} } } }`
  })
  return `{ openAIProject(id: "a") { ...D0 } } ${fragments.join(' ')} fragment D${levels} on CertificatePlace { id }`
}

describe('the work of computing a cost', () => {
  it('grows with the length of fragments on many types inside each other, not with the number of ways', () => {
    const [short, long] = [workOf(nested(10)), workOf(nested(20))]
    expect(long.reads).toBeLessThanOrEqual(2.5 * short.reads)
    expect(long.reads).toBeLessThanOrEqual(10 * long.sets)
    expect(long.cost).toBe(11 + 20 * 11)
  })

  it('is the same for pages inside each other, whose cost has no limit', () => {
    const page = (below: string) => `certificates(first: 100) { nodes { organization { ${below} } } }`
    const pages = (levels: number): string => (levels === 0 ? 'id' : page(pages(levels - 1)))
    const [short, long] = [
      workOf(`{ openAIOrganization(id: "a") { ${pages(20)} } }`),
      workOf(`{ openAIOrganization(id: "a") { ${pages(200)} } }`),
    ]
    for (const { reads, sets } of [short, long]) expect(reads).toBeLessThanOrEqual(2 * sets)
    for (const { cost } of [short, long]) expect(cost).toBe(Number.MAX_SAFE_INTEGER)
  })

  it('has a limit for fragments that merge in as many ways as there are paths', () => {
    const [short, long] = [workOf(combining(12)), workOf(combining(24))]
    const types = 5
    for (const { reads, sets } of [short, long]) expect(reads).toBeLessThanOrEqual(21_000 + types * sets)
    for (const { cost } of [short, long]) expect(cost).toBeGreaterThan(5_000)
  })

  it('has the same limit for fragments that are spread twice in each other', () => {
    const [short, long] = [workOf(doubling(12)), workOf(doubling(60))]
    for (const { reads, sets } of [short, long]) expect(reads).toBeLessThanOrEqual(21_000 + 5 * sets)
    for (const { cost } of [short, long]) expect(cost).toBeGreaterThan(5_000)
  })
})

describe('the upper limit for such fragments', () => {
  const both = (query: string) => {
    const document = parse(query)
    const operation = getOperationAST(document)
    const root = operation && schema.getRootType(operation.operation)
    if (!root) throw new Error('no operation')
    const selections = createSelections(schema, fragmentsIn(document), {})
    const prices = createFieldPrices(schema)({}, noSizes)
    return {
      merged: mergedCost(selections, prices, root, operation.selectionSet, 1_000_000)?.cost,
      summed: summedCost(selections, prices, root, operation.selectionSet).cost,
    }
  }

  it('is at least the cost', () => {
    for (const query of [combining(3), combining(5), nested(3), doubling(4), ...savedQueries]) {
      const { merged, summed } = both(query)
      expect(merged).toBeGreaterThan(0)
      expect(summed).toBeGreaterThanOrEqual(merged ?? Number.POSITIVE_INFINITY)
    }
  })

  it('equals the cost when nothing merges', () => {
    const { merged, summed } = both(
      '{ certificates { nodes { subject issuer ... on AkamaiCertificate { contract { id } enrollment { id } } ... on OpenAICertificate { organization { id } } } } }',
    )
    expect(summed).toBe(merged)
  })
})
