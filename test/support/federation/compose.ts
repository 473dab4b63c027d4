import { composeServices as composeWithApollo } from '@apollo/composition'
import { composeServices } from '@theguild/federation-composition'
import { parse } from 'graphql'

/** A subgraph as published to a registry. */
export interface PublishedSubgraph {
  readonly name: string
  readonly url: string
  readonly sdl: string
}

/** The supergraph, or the distinct error codes of a composition that failed. */
export type Composed = { readonly supergraph: string } | { readonly rejected: readonly string[] }

/** Composes subgraphs with both composers. */
export function compose(subgraphs: readonly PublishedSubgraph[]): Record<'Apollo' | 'The Guild', Composed> {
  return { Apollo: byApollo(subgraphs), 'The Guild': byTheGuild(subgraphs) }
}

function byApollo(subgraphs: readonly PublishedSubgraph[]): Composed {
  const { supergraphSdl, errors } = composeWithApollo(subgraphs.map(toService))
  return supergraphSdl ? { supergraph: supergraphSdl } : { rejected: codesOf(errors ?? []) }
}

function byTheGuild(subgraphs: readonly PublishedSubgraph[]): Composed {
  const { supergraphSdl, errors } = composeServices(subgraphs.map(toService))
  return supergraphSdl ? { supergraph: supergraphSdl } : { rejected: codesOf(errors ?? []) }
}

function toService({ name, url, sdl }: PublishedSubgraph) {
  return { name, url, typeDefs: parse(sdl) }
}

function codesOf(errors: readonly { readonly extensions: Readonly<Record<string, unknown>> }[]): readonly string[] {
  return [...new Set(errors.map(({ extensions }) => String(extensions['code'])))].sort()
}
