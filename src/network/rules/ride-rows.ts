/**
 * What a tunnel sends itself leaves by the line that carries it, or not at all: WireGuard marks its
 * packets, L2TP is known by its port, and one rule says which line. To change the line is to flip
 * that rule, as at a failover; with the daemon dead the last one stands.
 */
import type { HostState } from '../../model/host.ts'
import { markMask, outerMark, priorities, tunnelPort } from '../../model/marks.ts'
import type { Settings } from '../../model/settings/settings.ts'
import type { Uplink } from '../../model/uplink.ts'
import type { Change } from '../diff/change.ts'
import type { Ride, Wanted } from '../wanted.ts'
import { failClosed, lookup } from './probe-rows.ts'
import { isOurRule } from './rule-operations.ts'
import type { RuleRow as Row } from './rule-row.ts'

export function rideRows({ settings, uplinks, rides }: Wanted): Row[] {
  const tunnels = settings.wans.filter(({ tunnel }) => tunnel !== undefined)
  return tunnels.flatMap(({ name, index, tunnel }) => {
    const ride = rides?.find((one) => one.tunnel === name)
    const line = ride === undefined ? (tunnel?.over[0] ?? null) : ride.line
    const uplink = uplinks.find((one) => one.name === line && one.isTunnel !== true)
    const selector = { mark: { value: outerMark(index), mask: markMask } }
    const priority = priorities.outer(index)
    const own = tunnel?.kind === 'l2tp' ? [{ selector: dialledBy(index), priority }] : []
    if (uplink !== undefined) {
      const why = `what the tunnel ${name} sends leaves by ${uplink.name} now`
      const second = uplinks.find((one) => one.name === ride?.second && one.isTunnel !== true)
      const both = second === undefined ? [] : rowsByLink(index, [uplink, second])
      const rows = [{ priority, selector }, ...own].map((row) =>
        failClosed({ ...row, action: lookup(uplink), why }),
      )
      return [...both, ...rows.flat()]
    }
    const why = `no line may carry the tunnel ${name}: its packets fail rather than leave by main`
    const action = { kind: 'unreachable' } as const
    return [selector, ...own.map((row) => row.selector)].map((one) => ({
      ...{ priority: priority + 1, selector: one, action, why },
    }))
  })
}

/** A program that can't mark its packets; they get the mark once they have a source address. */
function dialledBy(tunnel: number): Row['selector'] {
  const port = tunnelPort(tunnel)
  return { incoming: 'lo', ipProtocol: 'udp', sourcePorts: { first: port, last: port } }
}

/** `wireguard-go` sends by the link where it heard the server last, which may be either one's. */
function rowsByLink(tunnel: number, lines: readonly Uplink[]): Row[] {
  const links = new Set(lines.map(({ link }) => link))
  if (links.size < lines.length) return []
  return lines.map((line) => ({
    priority: priorities.outerByLink(tunnel),
    selector: { mark: { value: outerMark(tunnel), mask: markMask }, words: `oif ${line.link}` },
    action: lookup(line),
    why: `what WireGuard sends by the link of ${line.name} leaves by it: a copy takes the other one`,
  }))
}

/** The tunnels whose own packets leave by another line once these changes are made. */
export function turnedRides({ wans }: Settings, changes: readonly Change[]): readonly string[] {
  const turned = new Set(changes.map((change) => ('rule' in change ? change.rule.priority : null)))
  return wans.flatMap(({ name, index, tunnel }) =>
    tunnel !== undefined && turned.has(priorities.outer(index)) ? [name] : [],
  )
}

/** The lines that carry tunnels by the rules of an earlier run; those without a rule are left out. */
export function standingRides({ wans }: Settings, host: HostState): readonly Ride[] {
  return wans.flatMap(({ name, index, tunnel }) => {
    if (tunnel === undefined) return []
    // Of two that a crash in the middle of a flip has left, the second is the newer one.
    const rule = host.rules.findLast(
      (one) => isOurRule(one) && one.priority === priorities.outer(index),
    )
    const table = rule?.action.kind === 'lookup' ? rule.action.table : null
    const line = wans.find((wan) => wan.table === table && wan.tunnel === undefined)
    return line === undefined ? [] : [{ tunnel: name, line: line.name }]
  })
}
