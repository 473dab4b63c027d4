import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { buildSchema, getNamedType, isInputObjectType } from 'graphql'

const mutations = Object.values(
  buildSchema(readFileSync('schema.graphql', 'utf8')).getMutationType()?.getFields() ?? {},
)

describe('the input of every mutation', () => {
  it.each(mutations.map((mutation) => [mutation.name, mutation] as const))(
    'has an idempotency key and a dry run: %s',
    (_, { args }) => {
      const [input] = args
      const type = input && getNamedType(input.type)
      if (!isInputObjectType(type)) throw new Error('expected one argument that is an input object')
      expect(args.map(({ name }) => name)).toEqual(['input'])
      // Null, false and absent are the same input of a repeat: another default would be a fourth case.
      for (const { defaultValue } of Object.values(type.getFields())) expect([undefined, false]).toContain(defaultValue)
      const { dryRun, idempotencyKey } = type.getFields()
      expect(String(dryRun?.type)).toBe('Boolean')
      expect(String(idempotencyKey?.type)).toBe('String')
      expect(idempotencyKey?.description).toContain('1 to 255 printable ASCII characters')
    },
  )

  it('exists', () => {
    expect(mutations.length).toBeGreaterThanOrEqual(5)
  })
})
