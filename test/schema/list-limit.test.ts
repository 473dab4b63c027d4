import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  type GraphQLInputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
} from 'graphql'
import { createBareSchema } from '../../scripts/printed.ts'
import { maxItemsOf, maxListItems } from '../../src/schema/list-limit.ts'
import { type Stack, startStack } from '../support/stack.ts'

const schema = createBareSchema()

interface ListArgument {
  readonly field: string
  readonly path: string
  readonly max: number
}

/** The lists in the arguments of every field. */
function everyList(): readonly ListArgument[] {
  const found: ListArgument[] = []
  function search(field: string, path: string, type: GraphQLInputType, max: number): void {
    const inner = getNullableType(type)
    if (isListType(inner)) found.push({ field, path, max })
    if (!isInputObjectType(inner)) return
    for (const each of Object.values(inner.getFields()))
      search(field, `${path}.${each.name}`, each.type, maxItemsOf(each))
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || !(isObjectType(type) || isInterfaceType(type))) continue
    for (const field of Object.values(type.getFields())) {
      for (const arg of field.args) search(`${type.name}.${field.name}`, arg.name, arg.type, maxItemsOf(arg))
    }
  }
  return found
}

/** A value with `length` items in the list at the path, and other required members filled in. */
function valueFor(type: GraphQLInputType, path: readonly string[], length: number): unknown {
  const inner = getNullableType(type)
  if (isListType(inner)) return Array.from({ length }, () => valueFor(inner.ofType, path, length))
  if (isInputObjectType(inner)) {
    const members = Object.values(inner.getFields()).filter(
      ({ name, type }) => name === path[0] || getNullableType(type) !== type,
    )
    return Object.fromEntries(members.map((member) => [member.name, valueFor(member.type, path.slice(1), length)]))
  }
  return isEnumType(inner) ? inner.getValues()[0]?.name : 'a'
}

let stack: Stack
beforeAll(async () => {
  stack = await startStack({
    configure: (file) => ({ ...file, access: 'public', writes: 'enabled' }),
    limits: false,
  })
})
afterAll(() => stack.close())

describe('a list in an argument', () => {
  const lists = everyList()
  const ofRoot = lists.filter(({ field }) => /^(Query|Mutation)\./.test(field))

  it('is in the arguments of queries, of places and of mutations', () => {
    expect(lists.map(({ field, path }) => `${field} ${path}`)).toEqual(
      expect.arrayContaining([
        'Query.certificates filter.placeIds',
        'Query.certificatePlaces providers',
        'OpenAIProject.certificates filter.weaknesses',
        'Mutation.activateOpenAICertificates input.certificateIds',
      ]),
    )
    const own = lists.filter(({ max }) => max !== maxListItems).map(({ path }) => path)
    expect(own).toEqual(['representations'])
  })

  it.each(ofRoot)('is rejected with one item too many, without a call: $field $path', async ({ field, path, max }) => {
    const [type = '', name = ''] = field.split('.')
    const definition = (type === 'Query' ? schema.getQueryType() : schema.getMutationType())?.getFields()[name]
    const [argument = '', ...below] = path.split('.')
    const variables = Object.fromEntries(
      (definition?.args ?? [])
        .filter((arg) => arg.name === argument || getNullableType(arg.type) !== arg.type)
        .map((arg) => [arg.name, valueFor(arg.type, below, max + 1)]),
    )
    const declared = (definition?.args ?? []).filter((arg) => arg.name in variables)
    const query = `${type === 'Query' ? 'query' : 'mutation'} (${declared.map((arg) => `$${arg.name}: ${arg.type}`).join(', ')}) {
      ${name}(${declared.map((arg) => `${arg.name}: $${arg.name}`).join(', ')}) {
        __typename ${type === 'Query' ? '' : '... on CertificateMutationError { code message }'}
      } }`
    const before = stack.callsTo('').length
    const { data, errors } = await stack.ask<Record<string, unknown> | null>(query, variables)
    const message = `${path}: ${max + 1} entries; expected at most ${max}`
    if (type === 'Query') {
      const extensions = { code: 'BAD_USER_INPUT', [path]: max + 1, limit: max }
      expect(errors).toMatchObject([{ message, path: [name], extensions }])
    } else {
      expect(data?.[name]).toMatchObject({ code: 'BAD_USER_INPUT', message })
    }
    expect(stack.callsTo('')).toHaveLength(before)
  })

  it('may have 100 items', async () => {
    const query = 'query ($of: [CertificateProvider!]) { certificatePlaces(providers: $of) { totalCount } }'
    const { data, errors } = await stack.ask(query, { of: new Array(100).fill('OPENAI') })
    expect(errors).toBeUndefined()
    expect(data).toMatchObject({ certificatePlaces: { totalCount: expect.any(Number) } })
  })

  it('is rejected in the list of a place, and the other fields resolve', async () => {
    const places = await stack.ask<{ certificatePlaces: { nodes: readonly { id: string; __typename: string }[] } }>(
      '{ certificatePlaces(providers: OPENAI) { nodes { id __typename } } }',
    )
    const organization = places.data.certificatePlaces.nodes.find(
      ({ __typename }) => __typename === 'OpenAIOrganization',
    )
    const query = `query ($id: ID!, $of: [CertificateProvider!]) { node(id: $id) {
      id ... on OpenAIOrganization { certificates(filter: { providers: $of }) { totalCount } } } }`
    const variables = { id: organization?.id, of: new Array(2_500).fill('OPENAI') }
    expect(await stack.ask(query, variables)).toMatchObject({
      data: { node: { id: organization?.id, certificates: null } },
      errors: [{ message: 'filter.providers: 2500 entries; expected at most 100', path: ['node', 'certificates'] }],
    })
  })

  it('is described once', () => {
    expect(schema.getQueryType()?.description).toContain('at most 100 items')
    expect(schema.getMutationType()?.description).not.toContain('100')
  })
})

describe('an id that a list repeats', () => {
  it('counts as one place in `filter.placeIds`', async () => {
    const query =
      'query ($of: [ID!]) { certificates(filter: { placeIds: $of }) { totalCount sources { place { id } } } }'
    const { data } = await stack.ask<{ certificatePlaces: { nodes: readonly { id: string }[] } }>(
      '{ certificatePlaces { nodes { id } } }',
    )
    const id = data.certificatePlaces.nodes[0]?.id
    const once = await stack.ask(query, { of: [id] })
    expect(once.errors).toBeUndefined()
    expect(await stack.ask(query, { of: new Array(100).fill(id) })).toEqual(once)
  })

  it('names its own index when it is invalid', async () => {
    const { errors } = await stack.ask('{ nodes(ids: ["a", "a"]) { id } }')
    expect(errors?.map(({ message }) => message)).toEqual([
      expect.stringContaining('ids[0]'),
      expect.stringContaining('ids[1]'),
    ])
  })
})
