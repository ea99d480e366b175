/**
 * Our rules directly before another program's, with its selector: its packets go where the host's
 * policy says, as all that this machine sends. What `main` knows better than a default stays with
 * `main`, and where the policy may not use every WAN, they fail rather than leak to another.
 */
import { byFamily, type Family } from '../../model/address.ts'
import { mainTable, type RuleAction } from '../../model/host.ts'
import { everyLink } from '../neighbours.ts'
import { type HostPolicy, hostPolicy } from '../policies/host-policy.ts'
import { mayUseAll } from '../policies/traffic-classes.ts'
import type { Wanted } from '../wanted.ts'
import { type Bypass, bypassesOf } from './bypasses.ts'
import { lookup } from './probe-rows.ts'
import type { RuleRow, Selector } from './rule-row.ts'

export type FollowerQuestion = Pick<Wanted, 'settings' | 'uplinks' | 'decision' | 'host' | 'down'>

export function followerRows(wanted: FollowerQuestion): RuleRow[] {
  const rows = followedBypasses(wanted).flatMap((bypass) => rowsBefore(bypass, wanted))
  // Two rules of one priority may mean the same packets.
  const distinct = new Map(rows.map((row) => [JSON.stringify({ ...row, why: '' }), row]))
  return [...distinct.values()]
}

/** Rules of other programs past ours, and what becomes of each as decided now. */
export function followedBypasses(wanted: FollowerQuestion): readonly Bypass[] {
  const needed = byFamily((family) => leadsOf(wanted, family).length + 1)
  return bypassesOf({ ...wanted, needed })
}

interface Lead {
  readonly action: RuleAction
  readonly why: string
}

/** In their order, each at a priority of its own. */
function leadsOf(wanted: FollowerQuestion, family: Family): Lead[] {
  const { uplinks } = wanted
  const policy = hostPolicy(wanted, family)
  const uplink = uplinks.find(({ name }) => name === policy.wan)
  const way: Lead[] =
    uplink === undefined
      ? []
      : [
          {
            action: lookup(uplink),
            why: `they use ${uplink.name}, as ${policyText(policy)} does now`,
          },
        ]
  if (mayUseAll(policy.use, uplinks)) return way
  const why = `${policyText(policy)} may not use every WAN: they fail rather than leak to another`
  return [...way, { action: { kind: 'unreachable' }, why }]
}

function policyText({ name }: HostPolicy): string {
  return `the policy of this machine's own packets (${name})`
}

function rowsBefore({ rule, following }: Bypass, wanted: FollowerQuestion): RuleRow[] {
  if (following.kind !== 'followed') return []
  const { family, priority: before } = rule
  const leads = leadsOf(wanted, family)
  if (leads.length === 0) return []
  const { mark, incoming, from, to, ipProtocol, sourcePorts, words } = rule
  const selector: Selector = {
    ...{ mark, incoming, from, to, ipProtocol, sourcePorts },
    ...(words === undefined ? {} : { words }),
  }
  const [first = 0, ...places] = following.places
  const whose = `packets of another program's rule ${before}`
  const near: RuleRow = {
    priority: first,
    selector,
    action: { kind: 'lookup', table: mainTable, suppressPrefixLength: 0 },
    why: `${whose}: what is near, or what main knows better than a default, stays with main`,
    family,
  }
  const rows = leads.map(({ action, why }, i) => {
    return { priority: places[i] ?? 0, selector, action, why: `${whose}: ${why}`, family }
  })
  return [near, ...everybodyRows(near), ...rows]
}

/** What is for everybody nearby has no route but the default, and stays nearby all the same. */
function everybodyRows(near: RuleRow): RuleRow[] {
  if (near.family !== 'ipv4' || near.selector.to !== null) return []
  return everyLink.ipv4.map((to) => ({
    ...near,
    selector: { ...near.selector, to },
    action: { kind: 'lookup', table: mainTable, suppressPrefixLength: null },
  }))
}
