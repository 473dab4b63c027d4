import { parseGlobalId } from '../../../src/providers/global-id.ts'
import { providers } from '../../../src/providers/list.ts'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { createManualClock } from '../manual-clock.ts'
import { startProgram } from '../program.ts'
import { withoutCaching } from '../vendor-outage.ts'
import type { ProviderFacts } from './facts.ts'

export interface DeploymentOptions {
  readonly places?: number
  readonly certificates?: number
  /** The section `upstream`. Default: every operation calls the vendors. */
  readonly upstream?: object
  /** More sections of the configuration file. */
  readonly sections?: object
}

export type Deployment<Config = unknown> = Awaited<ReturnType<typeof startDeployment<Config>>>

/** The program with the vendor under test and all other vendors, each emulated. */
export async function startDeployment<Config>(
  facts: ProviderFacts<Config>,
  { places = 2, certificates = 3, upstream = withoutCaching, sections = {} }: DeploymentOptions = {},
) {
  const { list = providers } = facts
  const clock = createManualClock()
  const options = { now: clock.now, limits: false }
  const vendor = await facts.start({ ...options, scale: { places, certificates } })
  const others = new Map<string, Sandbox<unknown, unknown>>()
  for (const [key, { startSandbox }] of Object.entries(list))
    if (key !== facts.key) others.set(key, await startSandbox(options))
  const { emulator } = vendor
  const program = await startProgram({
    list,
    clock,
    limits: false,
    file: {
      [facts.key]: facts.section(vendor.config, places),
      ...Object.fromEntries([...others].map(([key, { config }]) => [key, config])),
      upstream,
      ...sections,
    },
    emulators: [emulator, ...[...others.values()].map((other) => other.emulator)],
  })
  const isList = (call: (typeof emulator.calls)[number], placeId: string | null = facts.placeIds[0]) =>
    facts.isList(call, placeId, vendor.config)

  return {
    ...program,
    facts,
    vendorConfig: vendor.config,
    emulator,
    /** Whether the call reads the list of a place: of the first one by default, of any place for null. */
    isList,
    /** The calls that read the list of a place. */
    listCalls: (placeId?: string) => emulator.calls.filter((call) => isList(call, placeId)),
    async close() {
      try {
        await program.close()
      } finally {
        await Promise.all([vendor, ...others.values()].map((sandbox) => sandbox.close()))
      }
    },
  }
}

export interface PlaceNode {
  readonly __typename: string
  readonly id: string
}

/** The first place that has a list, as a node. */
export async function firstPlaceOf({ ask, facts }: Pick<Deployment, 'ask' | 'facts'>): Promise<PlaceNode> {
  const { data } = await ask<{ certificatePlaces: { nodes: PlaceNode[] } }>(
    `{ certificatePlaces(first: 100, providers: [${facts.provider}]) { nodes { __typename id } } }`,
  )
  const place = data.certificatePlaces.nodes.find(({ id }) => parseGlobalId(id).key.at(-1) === facts.placeIds[0])
  if (!place) throw new Error(`there is no place ${facts.placeIds[0]}`)
  return place
}
