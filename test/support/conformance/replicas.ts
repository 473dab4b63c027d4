import { expect, it } from '@jest/globals'
import {
  buildClientSchema,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getIntrospectionQuery,
  getNamedType,
  type IntrospectionQuery,
  isLeafType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { type Clock, systemClock } from '../../../src/upstream/clock.ts'
import { type Program, startProgram } from '../program.ts'
import { describeWithRedis, startRedis } from '../redis/redis-server.ts'
import type { ProviderFacts } from './facts.ts'

interface Certificates {
  readonly certificates: { readonly nodes: readonly { readonly __typename: string }[]; readonly complete: boolean }
}

/** A replica gives the same certificates from the readings of another one as that one does, in every field. */
export function describeReplicas<Config>(facts: ProviderFacts<Config>): void {
  describeWithRedis('with replicas that share their readings', () => {
    it('returns the same certificates from the readings of another replica, in every field', async () => {
      // Some fields depend on the moment of the operation.
      const startedAt = Date.now()
      const clock: Clock = { ...systemClock, now: () => startedAt }
      const vendor = await facts.start({ now: clock.now, limits: false })
      const redis = await startRedis()
      const file = {
        [facts.key]: vendor.config,
        redis: { url: redis.url, replicas: 3 },
        limits: { cost: 1_000_000 },
      }
      const programs: Program[] = []
      const start = async () => {
        const program = await startProgram({
          list: facts.list,
          clock,
          file,
          limits: false,
          emulators: [vendor.emulator],
        })
        programs.push(program)
        return program
      }
      try {
        const first = await start()
        const query = await queryOfAllFields(first)
        const answer = await first.ask<Certificates>(query)
        expect(answer).not.toHaveProperty('errors')
        expect(answer.data.certificates).toMatchObject({ complete: true })
        expect(answer.data.certificates.nodes.length).toBeGreaterThan(5)
        const lists = () => vendor.emulator.calls.filter((call) => facts.isList(call, null, vendor.config))
        expect(lists().length).toBeGreaterThan(0)

        vendor.emulator.reset()
        expect(await (await start()).ask(query)).toEqual(answer)
        expect(lists()).toEqual([])
      } finally {
        for (const program of programs) await program.close()
        await redis.stop()
        await vendor.close()
      }
    })
  })
}

/** Selects every field of the vendor's certificates that needs no argument. */
async function queryOfAllFields(program: Program): Promise<string> {
  const introspection = await program.ask<IntrospectionQuery>(getIntrospectionQuery())
  const schema = buildClientSchema(introspection.data)
  const { data } = await program.ask<Certificates>('{ certificates(first: 100) { complete nodes { __typename } } }')
  const [typename = ''] = data.certificates.nodes.map(({ __typename }) => __typename)
  const selection = selectionOf(schema.getType(typename), schema, 3)
  return `{ certificates(first: 100) { complete nodes { __typename ... on ${typename} { ${selection} } } } }`
}

/** The fields of a type that need no argument, with the fields of their types down to a depth. */
function selectionOf(type: GraphQLNamedType | undefined, schema: GraphQLSchema, depth: number): string {
  if (!isObjectType(type)) return '__typename'
  return Object.values(type.getFields())
    .filter(({ args }) =>
      args.every((argument) => !isNonNullType(argument.type) || argument.defaultValue !== undefined),
    )
    .flatMap((field) => selected(field, schema, depth))
    .join(' ')
}

function selected({ name, type }: GraphQLField<unknown, unknown>, schema: GraphQLSchema, depth: number): string[] {
  const named = getNamedType(type)
  if (isLeafType(named)) return [name]
  return depth > 1 ? [`${name} { __typename ${selectionOf(named, schema, depth - 1)} }`] : []
}
