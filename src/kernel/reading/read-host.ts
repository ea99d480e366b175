/**
 * Reads the whole state of the host by way of the two sessions, one query after the other in each
 * family. What the tools print only makes sense whole: it reads a dump again that was cut short or
 * changed on the way.
 */
import { existsSync } from 'node:fs'
import type { Address, HostState, Link, Neighbour, Route, Rule } from '../../model/host.ts'
import type { Log } from '../../model/log.ts'
import type { IpSession, LineAnswer } from '../tools/ip-session.ts'
import type { LinkNames } from './link-names.ts'
import { readAddresses, readLinks, readNeighbours } from './read-links.ts'
import { readRoutes } from './read-routes.ts'
import { readRules } from './read-rules.ts'

export interface Sessions {
  readonly ipv4: IpSession
  readonly ipv6: IpSession
  readonly names: LinkNames
}

export type RoutingState = Omit<HostState, 'nft' | 'docker'>

/** Absent where the kernel was built or started without IPv6. */
const ipv6File = '/proc/self/net/if_inet6'

export async function readRouting(sessions: Sessions, log: Log): Promise<RoutingState> {
  const state = await readOnce(sessions, log)
  if (!sessions.names.isOutdatedBy(state.links)) return state
  sessions.ipv4.restart()
  sessions.ipv6.restart()
  return readOnce(sessions, log)
}

async function readOnce(sessions: Sessions, log: Log): Promise<RoutingState> {
  const [first, second] = await Promise.all([
    readFamily4(sessions.ipv4, log),
    existsSync(ipv6File) ? readFamily6(sessions.ipv6, log) : null,
  ])
  return {
    links: first.links,
    neighbours: [...first.neighbours, ...(second?.neighbours ?? [])],
    addresses: [...first.addresses, ...(second?.addresses ?? [])],
    routes: [...first.routes, ...(second?.routes ?? [])],
    rules: [...first.rules, ...(second?.rules ?? [])],
    ipv6: second !== null,
  }
}

interface FamilyState {
  readonly neighbours: readonly Neighbour[]
  readonly addresses: readonly Address[]
  readonly routes: readonly Route[]
  readonly rules: readonly Rule[]
}

interface Links {
  readonly links: readonly Link[]
}

async function readFamily4(session: IpSession, log: Log): Promise<FamilyState & Links> {
  const queries = [
    'link show',
    'addr show',
    'rule show',
    'route show table all',
    'neigh show',
  ] as const
  const [links, addresses, rules, routes, neighbours] = await query(session, queries)
  mustSaySomething(rules, session)
  const context = { family: 'ipv4', log } as const
  return {
    links: readLinks(links, log),
    neighbours: readNeighbours(neighbours, log),
    addresses: readAddresses(addresses, log),
    rules: readRules(rules, context),
    routes: readRoutes(routes, context),
  }
}

/** null where the kernel has IPv6 without policy routing: nothing of ours can stand there. */
async function readFamily6(session: IpSession, log: Log): Promise<FamilyState | null> {
  const queries = ['addr show', 'rule show', 'route show table all', 'neigh show'] as const
  const lists = await query(session, queries).catch((error: unknown) => {
    if (error instanceof Error && /not supported/.test(error.message)) return null
    throw error
  })
  if (lists === null) return null
  const [addresses, rules, routes, neighbours] = lists
  mustSaySomething(rules, session)
  const context = { family: 'ipv6', log } as const
  return {
    neighbours: readNeighbours(neighbours, log),
    addresses: readAddresses(addresses, log),
    rules: readRules(rules, context),
    routes: readRoutes(routes, context),
  }
}

/** A tool that says nothing must not pass for a host that has lost everything; another one may speak. */
function mustSaySomething(rules: readonly unknown[], session: IpSession): void {
  if (rules.length > 0) return
  session.restart()
  throw new Error("reading `ip rule show`: not even the kernel's are there")
}

const attempts = 4

type Answers<Queries extends readonly string[]> = { [Key in keyof Queries]: readonly unknown[] }

/** Asks for lists and gets them in the questions' order; rejects with what `ip` said. */
export async function query<const Queries extends readonly string[]>(
  session: IpSession,
  queries: Queries,
): Promise<Answers<Queries>> {
  for (let attempt = 1; ; attempt += 1) {
    const answers = (await session.run(queries)).map(listOf)
    const lists = answers.flatMap((answer) => (answer.kind === 'list' ? [answer.list] : []))
    // One list for each question is what the mapped type says.
    if (lists.length === queries.length) return lists as unknown as Answers<Queries>

    const position = answers.findIndex((answer) => answer.kind !== 'list')
    const bad = answers[position]
    const torn = bad?.kind === 'torn'
    // Half a list may be left in the helper's buffer and would spoil the next answer.
    if (torn) session.restart()
    if (!torn || attempt === attempts) {
      const why = bad !== undefined && bad.kind !== 'list' ? bad.error : 'no answer'
      throw new Error(`reading \`ip ${queries[position]}\`: ${why}`)
    }
  }
}

type ListAnswer =
  | { readonly kind: 'list'; readonly list: readonly unknown[] }
  | { readonly kind: 'failed' | 'torn'; readonly error: string }

/** Torn: half a list, or one with a line beside it that says that it changed on the way. */
function listOf(answer: LineAnswer): ListAnswer {
  if (answer.kind === 'failed') {
    return { kind: /Dump|died/.test(answer.error) ? 'torn' : 'failed', error: answer.error }
  }
  if (answer.output === '') return { kind: 'list', list: [] }
  try {
    const list: unknown = JSON.parse(answer.output)
    if (Array.isArray(list)) return { kind: 'list', list }
    return { kind: 'torn', error: 'it is not a list' }
  } catch {
    return { kind: 'torn', error: `it is not JSON: ${answer.output.slice(0, 200)}` }
  }
}
