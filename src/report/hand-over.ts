/** How to hand us a routing table that another program has filled. */
import type { Route } from '../model/host.ts'

export function describeForeignRoutes(routes: readonly Route[]): string {
  const tables = [...new Set(routes.map(({ table }) => table))]
  return tables.map((table) => describeTable(table, routes)).join('; ')
}

function describeTable(table: number, routes: readonly Route[]): string {
  const inTable = routes.filter((route) => route.table === table)
  const named = inTable.slice(0, maxNamed).map(describeRoute).join(', ')
  const more = inTable.length > maxNamed ? ` and ${inTable.length - maxNamed} more` : ''
  const ipv6 = inTable.some(({ family }) => family === 'ipv6')
  return (
    `table ${table} holds routes that are not ours (${named}${more}). Stop whatever puts them ` +
    `there, then empty the table with 'ip route flush table ${table}'` +
    `${ipv6 ? ` and 'ip -6 route flush table ${table}'` : ''}, or give the WAN another table`
  )
}

function describeRoute({ destination, protocol, nextHops }: Route): string {
  const [hop] = nextHops
  const via = hop?.gateway === null || hop === undefined ? '' : ` via ${hop.gateway}`
  return `${destination}${via}${hop === undefined ? '' : ` dev ${hop.link}`} proto ${protocol}`
}

const maxNamed = 4
