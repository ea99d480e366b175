/** Walks rules and tables as the kernel does for `ip route get`. */
import type { Address, Route, RouteAnswer, RouteQuestion, Rule } from '../../src/model/host.ts'
import { networkContains } from './fake-network.ts'

interface Tables {
  readonly rules: readonly Rule[]
  readonly routes: readonly Route[]
  readonly addresses: readonly Address[]
}

const localTable = 255
const unreachable: RouteAnswer = { nextHop: null, table: 0, source: null }

export function walkRules(question: RouteQuestion, tables: Tables): RouteAnswer {
  for (const rule of tables.rules) {
    if (!matches(rule, question)) continue
    switch (rule.action.kind) {
      case 'lookup': {
        const { table, suppressPrefixLength } = rule.action
        const answer = lookUp(question, { table, suppressPrefixLength, ...tables })
        if (answer !== null) return answer
        break
      }
      case 'unreachable':
      case 'blackhole':
      case 'prohibit':
        return unreachable
      case 'other':
        break
    }
  }
  return unreachable
}

/** A packet of this machine comes in by `lo`; one without an address yet is from nobody. */
function matches(rule: Rule, question: RouteQuestion): boolean {
  if (rule.family !== question.family || rule.words !== undefined) return false
  if (rule.other === 'not') return !isMeant(rule, question)
  return rule.other === null && isMeant(rule, question)
}

function isMeant(rule: Rule, question: RouteQuestion): boolean {
  const { mark, sourcePorts } = rule
  if (mark !== null && ((question.mark ?? 0) & mark.mask) >>> 0 !== mark.value) return false
  if (rule.incoming !== null && rule.incoming !== (question.incoming ?? 'lo')) return false
  if (rule.from !== null) {
    if (question.from === undefined || !networkContains(rule.from, question.from)) return false
  }
  if (rule.to !== null && !networkContains(rule.to, question.target)) return false
  const protocol = question.sourcePort === undefined ? null : 'udp'
  if (rule.ipProtocol !== null && rule.ipProtocol !== protocol) return false
  if (sourcePorts === null) return true
  const port = question.sourcePort
  return port !== undefined && port >= sourcePorts.first && port <= sourcePorts.last
}

interface Lookup extends Tables {
  readonly table: number
  readonly suppressPrefixLength: number | null
}

/** null: this table doesn't answer, the next rule is asked. */
function lookUp(question: RouteQuestion, options: Lookup): RouteAnswer | null {
  if (options.table === localTable) return lookUpLocal(question, options)
  const [route] = options.routes
    .filter(
      (candidate) =>
        candidate.family === question.family &&
        candidate.table === options.table &&
        networkContains(candidate.destination, question.target),
    )
    .sort((one, two) => prefixLength(two) - prefixLength(one) || one.metric - two.metric)
  if (route === undefined || route.type === 'throw') return null
  // The error types answer even where a default route would be suppressed.
  if (route.type !== 'unicast') return { ...unreachable, table: options.table }
  const { suppressPrefixLength } = options
  if (suppressPrefixLength !== null && prefixLength(route) <= suppressPrefixLength) return null
  return answerOf(route, { question, addresses: options.addresses })
}

function lookUpLocal(question: RouteQuestion, { addresses }: Tables): RouteAnswer | null {
  if (!addresses.some(({ address }) => address === question.target)) return null
  return {
    nextHop: { gateway: null, link: 'lo' },
    table: localTable,
    source: question.from ?? question.target,
  }
}

function answerOf(
  route: Route,
  options: { readonly question: RouteQuestion; readonly addresses: readonly Address[] },
): RouteAnswer {
  const [hop] = route.nextHops
  if (hop === undefined) return unreachable
  const neighbour = hop.gateway ?? options.question.target
  const own = options.addresses.filter(
    ({ link, family, usable }) => link === hop.link && family === route.family && usable,
  )
  const near = own.find(({ address, prefixLength: length }) =>
    networkContains(`${address}/${length}`, neighbour),
  )
  const chosen = route.source ?? near?.address ?? own[0]?.address ?? null
  return {
    nextHop: { gateway: hop.gateway, link: hop.link },
    table: route.table,
    // What the packet's sender has chosen already is not chosen again.
    source: options.question.incoming === undefined ? (options.question.from ?? chosen) : null,
  }
}

function prefixLength(route: Route): number {
  return Number(route.destination.split('/')[1])
}
