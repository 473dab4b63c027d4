import type { Stack } from './stack.ts'

const sample = `{
  certificates(first: 100) {
    nodes { __typename id ... on AkamaiCertificate { enrollment { __typename id } } }
  }
  certificatePlaces(first: 100) { nodes { __typename id } }
}`

interface Identified {
  readonly __typename: string
  readonly id: string
  readonly enrollment?: Identified
}

/** Every node in the lists: certificates, their enrollments, and places. */
export async function everyNode(stack: Stack): Promise<readonly Identified[]> {
  const { data } =
    await stack.ask<Readonly<Record<'certificates' | 'certificatePlaces', { nodes: Identified[] }>>>(sample)
  const certificates = data.certificates.nodes.flatMap(({ enrollment, ...node }) =>
    enrollment ? [node, enrollment] : [node],
  )
  return [...new Map([...certificates, ...data.certificatePlaces.nodes].map((node) => [node.id, node])).values()]
}

/** One node of each type that has a global id. */
export async function oneOfEachType(stack: Stack): Promise<ReadonlyMap<string, string>> {
  return new Map((await everyNode(stack)).map(({ __typename, id }) => [__typename, id]))
}

/** A global id, made of vendor ids. */
export function madeUpId(typename: string, ...key: readonly string[]): string {
  return Buffer.from([typename, ...key].join(':')).toString('base64')
}
