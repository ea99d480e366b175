/** What is known of routes: which are ours, when two are the same, what a change does to one. */
import type { HostState, Route } from '../../model/host.ts'
import { ourProtocol } from '../../model/marks.ts'
import type { ChangeOf, IpOperationsOf } from '../diff/change.ts'
import type { DesiredState } from '../wanted.ts'
import { describeRoute, routeKeyText, routeText } from './route-text.ts'

type Replacement = ChangeOf<'replace_route'>
type Deletion = ChangeOf<'delete_route'>

export function isOurRoute(route: Route): boolean {
  return route.protocol === ourProtocol
}

export interface RouteChanges {
  /** Missing, or there with another way. */
  readonly wanted: readonly Replacement[]
  /** In places that nothing is wanted in. Backwards. */
  readonly surplus: readonly Deletion[]
}

export function routeChanges(desired: DesiredState, host: HostState): RouteChanges {
  const ours = host.routes.filter(isOurRoute)
  const standing = new Map(ours.map((route) => [routePlace(route), route]))
  const wantedPlaces = new Set(desired.routes.map(routePlace))
  const stands = (route: Route) => {
    const there = standing.get(routePlace(route))
    return there !== undefined && routeContent(there) === routeContent(route)
  }
  return {
    wanted: desired.routes.filter((route) => !stands(route)).map(replacement),
    surplus: [...standing]
      .reverse()
      .flatMap(([place, route]) => (wantedPlaces.has(place) ? [] : [deletion(route)])),
  }
}

export function routeKeys({ routes }: DesiredState): string[] {
  return routes.map(routeKey)
}

const everyRoute = {
  subject: 'routes',
  key: ({ route }: Replacement | Deletion) => routeKey(route),
  place: ({ route }: Replacement | Deletion) => routePlace(route),
  describe: ({ route }: Replacement | Deletion) => describeRoute(route),
  carriesDecision: () => false,
  family: ({ route }: Replacement | Deletion) => route.family,
}

export const routeOperations: IpOperationsOf<'replace_route' | 'delete_route'> = {
  replace_route: {
    ...everyRoute,
    doing: 'replacing',
    inverse({ route }, before) {
      const place = routePlace(route)
      const old = before.routes.find((one) => isOurRoute(one) && routePlace(one) === place)
      return old === undefined ? deletion(route) : replacement(old)
    },
    line: ({ route }) => `route replace ${routeText(route)}`,
  },
  delete_route: {
    ...everyRoute,
    doing: 'deleting',
    inverse: ({ route }) => replacement(route),
    line: ({ route }) => `route del ${routeKeyText(route)}`,
  },
}

function replacement(route: Route): Replacement {
  return { kind: 'replace_route', route }
}

function deletion(route: Route): Deletion {
  return { kind: 'delete_route', route }
}

function routeKey(route: Route): string {
  return `${routePlace(route)} ${routeContent(route)}`
}

/** The kernel holds one route a place. */
function routePlace({ family, table, destination, metric }: Route): string {
  return `route ${family} table ${table} ${destination} metric ${metric}`
}

function routeContent({ type, scope, source, mtu, nextHops }: Route): string {
  const hops = nextHops.map(({ gateway, link, weight, onlink }) => [gateway, link, weight, onlink])
  return JSON.stringify({ type, scope, source, mtu, hops })
}
