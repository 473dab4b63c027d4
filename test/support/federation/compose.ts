import { composeServices as composeWithApollo } from '@apollo/composition'
import { composeServices } from '@theguild/federation-composition'
import { parse } from 'graphql'

/** A subgraph as its team publishes it. */
export interface PublishedSubgraph {
  readonly name: string
  readonly url: string
  readonly sdl: string
}

/** What came of a composition: the supergraph, or the codes of what was wrong, each once. */
export type Composed = { readonly supergraph: string } | { readonly refused: readonly string[] }

/** What both composers say. */
export function compose(subgraphs: readonly PublishedSubgraph[]): Record<'Apollo' | 'The Guild', Composed> {
  return { Apollo: byApollo(subgraphs), 'The Guild': byTheGuild(subgraphs) }
}

function byApollo(subgraphs: readonly PublishedSubgraph[]): Composed {
  const { supergraphSdl, errors } = composeWithApollo(subgraphs.map(toService))
  return supergraphSdl ? { supergraph: supergraphSdl } : { refused: codesOf(errors ?? []) }
}

function byTheGuild(subgraphs: readonly PublishedSubgraph[]): Composed {
  const { supergraphSdl, errors } = composeServices(subgraphs.map(toService))
  return supergraphSdl ? { supergraph: supergraphSdl } : { refused: codesOf(errors ?? []) }
}

function toService({ name, url, sdl }: PublishedSubgraph) {
  return { name, url, typeDefs: parse(sdl) }
}

function codesOf(errors: readonly { readonly extensions: Readonly<Record<string, unknown>> }[]): readonly string[] {
  return [...new Set(errors.map(({ extensions }) => String(extensions['code'])))].sort()
}
