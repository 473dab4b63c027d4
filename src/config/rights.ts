import { statusOrder } from '../notify/event-kind.ts'
import type { AccessConfig, ApiKeyConfig, FeedConfig, JwtConfig } from './access.ts'
import type { Config } from './configuration.ts'
import type { NotifyEndpoint } from './notify.ts'

type AnyConfig = Config<Readonly<Record<string, unknown>>>
type Keyed = Exclude<AccessConfig, 'public'>

/**
 * Finds the rights that a configuration would add to those of the one before: those of each key and issuer that both have, and
 * those of all callers; and what it would send to an endpoint that both have. Each text names the setting, the key, issuer or
 * endpoint, and the right. New keys, issuers, endpoints, accounts and places do not count.
 */
export function findWiderRights(before: AnyConfig, after: AnyConfig): readonly string[] {
  return [
    ...widerAccess(before.server.access, after.server.access),
    ...widerForAll(before, after),
    ...addedNames(before, after),
    ...removedRestrictions(before, after),
    ...widerEndpoints(before, after),
  ]
}

function widerAccess(before: AccessConfig, after: AccessConfig): readonly string[] {
  // Every client had all rights.
  if (before === 'public') return []
  if (after === 'public') return ['access: it would be public']
  return [...widerKeys(before, after), ...widerIssuers(before, after), ...widerFeeds(before, after)]
}

function widerKeys(before: Keyed, after: Keyed): readonly string[] {
  return after.apiKeys.flatMap((key, index) => {
    const same = before.apiKeys.filter(isSameAs(key))
    const feed = before.feeds.find(({ sha256 }) => sha256 === key.sha256)
    const at = `access.apiKeys[${index}]`
    const scopes = new Set(same.flatMap((each) => added(each.scopes, key.scopes)))
    return [
      ...(scopes.size > 0 ? [`${at}.scopes: the key ${key.name} would also have ${[...scopes].join(', ')}`] : []),
      ...widerPlaces(`${at}.places`, same, `the key ${key.name}`, key.places),
      ...(feed ? [`${at}.sha256: the token of the feed ${feed.name}, which is in URLs, would be an API key`] : []),
    ]
  })
}

function widerFeeds(before: Keyed, after: Keyed): readonly string[] {
  return after.feeds.flatMap((feed, index) => {
    const at = `access.feeds[${index}]`
    const key = before.apiKeys.find(({ sha256 }) => sha256 === feed.sha256)
    return [
      ...widerPlaces(`${at}.places`, before.feeds.filter(isSameAs(feed)), `the feed ${feed.name}`, feed.places),
      ...(key ? [`${at}.sha256: the key ${key.name} would be accepted in URLs`] : []),
    ]
  })
}

/** A key is the same one under another name, and so is a name with another key: keys are replaced. */
const isSameAs =
  (key: Pick<ApiKeyConfig, 'name' | 'sha256'>) =>
  ({ name, sha256 }: Pick<ApiKeyConfig, 'name' | 'sha256'>) =>
    name === key.name || sha256 === key.sha256

function widerPlaces(
  at: string,
  before: readonly FeedConfig[],
  who: string,
  places: FeedConfig['places'],
): readonly string[] {
  const lists = before.flatMap((key) => (key.places === null ? [] : [key.places]))
  if (lists.length === 0) return []
  if (places === null) return [`${at}: ${who} would see all places`]
  const more = new Set(lists.flatMap((list) => added(list, places)))
  return more.size > 0 ? [`${at}: ${who} would also see ${[...more].join(', ')}`] : []
}

/** What each setting of an issuer decides. Another value is a widening: which tokens exist is not known here. */
const issuerSettings: Readonly<Record<Exclude<keyof JwtConfig, 'issuer'>, string>> = {
  audience: 'tokens for another audience would be accepted',
  jwksUrl: 'tokens that other keys sign would be accepted',
  scopesClaim: 'tokens would get the permissions in another claim',
  placesClaim: 'tokens without this claim would see all places',
}

function widerIssuers(before: Keyed, after: Keyed): readonly string[] {
  return after.jwt.flatMap((issuer, index) => {
    const same = before.jwt.find((each) => each.issuer === issuer.issuer)
    if (!same) return []
    return keysOf(issuerSettings)
      .filter((setting) => same[setting] !== issuer[setting])
      .map((setting) => `access.jwt[${index}].${setting}: ${issuerSettings[setting]}, of the issuer ${issuer.issuer}`)
  })
}

function widerForAll(before: AnyConfig, after: AnyConfig): readonly string[] {
  const wider = [
    [!before.writes && after.writes, 'writes: they would be enabled'],
    [
      before.documents.mode === 'require' && after.documents.mode !== 'require',
      'documents.mode: callers could send other documents than the trusted ones',
    ],
    [
      !before.server.introspection && after.server.introspection,
      'server.introspection: callers could read the schema; false was in use',
    ],
    [!before.server.graphiql && after.server.graphiql, 'server.graphiql: it would be served; false was in use'],
  ] as const
  return wider.flatMap(([isWider, text]) => (isWider ? [text] : []))
}

function addedNames({ server: before }: AnyConfig, { server: after, source }: AnyConfig): readonly string[] {
  const hosts = added(before.hosts, after.hosts)
  const origins = added(before.cors.origins, after.cors.origins)
  return [
    ...hosts.map((host) => `${source.nameOf(['server', 'hosts'])}: requests to the host ${host} would be accepted`),
    ...origins.map(
      (origin) => `${source.nameOf(['server', 'cors', 'origins'])}: web pages of ${origin} could call the API`,
    ),
  ]
}

/** An account that both have. Places that are added to its list are data, but a list that is missing is not. */
function removedRestrictions(before: AnyConfig, after: AnyConfig): readonly string[] {
  const restrictionsAfter = restrictionsOf(after)
  return [...restrictionsOf(before)].flatMap(([vendor, accounts]) =>
    [...accounts].flatMap(([account, restrictions]) => {
      const left = restrictionsAfter.get(vendor)?.get(account)
      if (!left) return []
      return added(left, restrictions).map(
        (setting) => `${vendor}: the account ${account} would be read without the limit of its ${setting}`,
      )
    }),
  )
}

function restrictionsOf({ providers }: AnyConfig): ReadonlyMap<string, ReadonlyMap<string, readonly string[]>> {
  return new Map(Object.entries(providers).map(([vendor, part]) => [vendor, part?.restrictions ?? new Map()]))
}

/** An endpoint is the same one by its URL or by its name: each of them may be replaced. */
function widerEndpoints({ notify: before }: AnyConfig, { notify: after }: AnyConfig): readonly string[] {
  return after.flatMap((endpoint, index) => {
    const at = `notify[${index}]`
    const { name, url } = endpoint
    const same = before.filter((each) => each.url === url || (name !== null && each.name === name))
    return [...new Set(same.flatMap((each) => widerEndpoint(each, endpoint).map((text) => `${at}.${text}`)))]
  })
}

function widerEndpoint(before: NotifyEndpoint, after: NotifyEndpoint): readonly string[] {
  const lists = (['kinds', 'owners', 'places'] as const).flatMap((setting) => {
    const [listed, next]: readonly (readonly string[] | null)[] = [before[setting], after[setting]]
    if (!listed) return []
    if (!next) return [`${setting}: the endpoint would get changes of all ${setting}`]
    const more = added(listed, next)
    return more.length > 0 ? [`${setting}: the endpoint would also get changes of ${more.join(', ')}`] : []
  })
  const rank = ({ minStatus }: NotifyEndpoint) => (minStatus === null ? 0 : statusOrder.indexOf(minStatus))
  return [
    ...lists,
    ...(rank(after) < rank(before) ? ['minStatus: the endpoint would get changes of more certificates'] : []),
    ...(after.allowPrivate && !before.allowPrivate
      ? ['allowPrivate: addresses that are not public would be connected to']
      : []),
  ]
}

function added<Item>(before: readonly Item[], after: readonly Item[]): readonly Item[] {
  return after.filter((item) => !before.includes(item))
}

function keysOf<Key extends string>(record: Readonly<Record<Key, unknown>>): readonly Key[] {
  return Object.keys(record) as Key[]
}
