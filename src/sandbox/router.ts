import type { Call, EmulatedResponse, Handler } from './call.ts'

type ParameterOf<Pattern extends string> = Pattern extends `${infer Head}/${infer Tail}`
  ? ParameterOf<Head> | ParameterOf<Tail>
  : Pattern extends `:${infer Name}`
    ? Name
    : never

type Params<Pattern extends string> = Readonly<Record<ParameterOf<Pattern>, string>>

/** `GET /places/:placeId` → its handler, with `placeId` decoded. */
type Routes<Pattern extends string> = {
  readonly [P in Pattern]: (request: {
    readonly call: Call
    readonly params: Params<P>
  }) => EmulatedResponse | Promise<EmulatedResponse>
}

/** A handler for these routes. */
export function createRouter<Pattern extends string>(routes: Routes<Pattern>): Handler {
  const patterns = Object.keys(routes) as Pattern[]
  const table = patterns.map((pattern) => ({ expression: expressionOf(pattern), respond: routes[pattern] }))
  return (call) => {
    for (const { expression, respond } of table) {
      const match = expression.exec(`${call.method} ${call.path}`)
      // The pattern names the groups of the expression, so they are its Params.
      if (match) return respond({ call, params: decoded(match.groups) as Params<Pattern> })
    }
    return undefined
  }
}

function expressionOf(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`)
}

function decoded(groups: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]))
}
