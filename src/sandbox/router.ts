import type { Answer, Call, Handler } from './call.ts'

type ParameterOf<Pattern extends string> = Pattern extends `${infer Head}/${infer Tail}`
  ? ParameterOf<Head> | ParameterOf<Tail>
  : Pattern extends `:${infer Name}`
    ? Name
    : never

type Params<Pattern extends string> = Readonly<Record<ParameterOf<Pattern>, string>>

/** `GET /places/:placeId` → what answers it, with `placeId` decoded. */
type Routes<Pattern extends string> = {
  readonly [P in Pattern]: (request: { readonly call: Call; readonly params: Params<P> }) => Answer | Promise<Answer>
}

/** A handler that knows these routes and no other. */
export function createRouter<Pattern extends string>(routes: Routes<Pattern>): Handler {
  const patterns = Object.keys(routes) as Pattern[]
  const table = patterns.map((pattern) => ({ expression: expressionOf(pattern), answer: routes[pattern] }))
  return (call) => {
    for (const { expression, answer } of table) {
      const match = expression.exec(`${call.method} ${call.path}`)
      // The expression's groups are named by the pattern, which is what Params says.
      if (match) return answer({ call, params: decoded(match.groups) as Params<Pattern> })
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
