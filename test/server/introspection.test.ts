import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery, validateSchema } from 'graphql'
import { parse, stringify } from 'yaml'
import { printSorted } from '../../src/schema/print.ts'
import { createFolder } from '../support/folder.ts'
import { type Stack, startStack } from '../support/stack.ts'

/** What every reader from before the specification of 2025 accepts. */
const oldLocations = `QUERY MUTATION SUBSCRIPTION FIELD FRAGMENT_DEFINITION FRAGMENT_SPREAD INLINE_FRAGMENT
  VARIABLE_DEFINITION SCHEMA SCALAR OBJECT FIELD_DEFINITION ARGUMENT_DEFINITION INTERFACE UNION ENUM ENUM_VALUE
  INPUT_OBJECT INPUT_FIELD_DEFINITION`.split(/\s+/)

describe('introspection of a running server', () => {
  let stack: Stack
  beforeAll(async () => {
    stack = await startStack()
  })
  afterAll(() => stack.close())

  it('describes exactly the published schema', async () => {
    const { data } = await stack.ask<IntrospectionQuery>(getIntrospectionQuery({ specifiedByUrl: true }))
    const schema = buildClientSchema(data)
    expect(validateSchema(schema)).toEqual([])
    expect(printSorted(schema)).toBe(readFileSync('schema.graphql', 'utf8'))
  })

  it('offers only directive locations that old readers accept', async () => {
    const query = getIntrospectionQuery()
    const { data } = await stack.ask<IntrospectionQuery>(query)
    expect(JSON.stringify(data)).not.toContain('DIRECTIVE_DEFINITION')
    for (const { locations } of data.__schema.directives) {
      expect(oldLocations).toEqual(expect.arrayContaining([...locations]))
    }
    const values = '{ __type(name: "__DirectiveLocation") { enumValues { name } } }'
    const { data: named } = await stack.ask<{ __type: { enumValues: { name: string }[] } }>(values)
    expect(named.__type.enumValues.map(({ name }) => name).sort()).toEqual([...oldLocations].sort())
  })

  it('is possible beside other fields, in one operation', async () => {
    const { data } = await stack.ask<{ certificatePlaces: { totalCount: number }; node: unknown }>(
      `{ ...Schema certificatePlaces { nodes { __typename ... on OpenAIProject { projectId } } } }
      fragment Schema on Query { __schema { types { name } } entity: __type(name: "_Entity") { name } }`,
    )
    expect(data).toMatchObject({
      entity: null,
      certificatePlaces: {
        nodes: expect.arrayContaining([{ __typename: 'OpenAIProject', projectId: expect.any(String) }]),
      },
    })
  })

  it('does not describe the types of federation, which gateways read through _service', async () => {
    const { data } = await stack.ask<{ _service: { sdl: string }; _entities: unknown }>(
      '{ _service { sdl } _entities(representations: [{ __typename: "OpenAIOrganization", id: "x" }]) { __typename } }',
    )
    expect(data._service.sdl).toContain('@key')
    const { data: hidden } = await stack.ask<{ __type: null }>('{ __type(name: "_Any") { name } }')
    expect(hidden.__type).toBeNull()
  })

  it('is enough for GraphQL Code Generator, with the configuration of this repository', async () => {
    const config = parse(readFileSync('codegen.yml', 'utf8'))
    const output = `${createFolder({})}/`
    const folder = createFolder({
      'codegen.yml': stringify({
        ...config,
        schema: stack.url,
        documents: resolve('test/operations/*.graphql'),
        generates: { [output]: config.generates['./test/generated/'] },
      }),
    })
    const cli = 'node_modules/@graphql-codegen/cli/cjs/bin.js'
    await promisify(execFile)(process.execPath, [cli, '--config', join(folder, 'codegen.yml')])
    for (const name of ['graphql.ts', 'gql.ts', 'index.ts']) {
      expect(readFileSync(join(output, name), 'utf8')).toBe(readFileSync(join('test/generated', name), 'utf8'))
    }
  })
})
