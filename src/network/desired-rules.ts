import type { Family } from '../model/address.ts'
import type { Rule, RuleAction } from '../model/host.ts'
import {
  markMask,
  ourProtocol,
  priorities,
  probeMark,
  probePorts,
  wanMark,
} from '../model/marks.ts'
import { mainTable, type Uplink } from './uplinks.ts'
import type { DesiredState, Wanted } from './wanted.ts'

/** One rule of ours, in the words of DESIGN's table; families and protocol are added to it. */
interface Row {
  readonly priority: number
  readonly selector: Partial<
    Pick<Rule, 'mark' | 'incoming' | 'from' | 'ipProtocol' | 'sourcePorts'>
  >
  readonly action: RuleAction
  /** In one sentence: why the rule is there. */
  readonly why: string
  /** Left out: both families. */
  readonly family?: Family
}

/** Our rules in the order the kernel walks them. */
export function desiredRules(wanted: Wanted): DesiredState['rules'] {
  const families: readonly Family[] = wanted.host.ipv6 ? ['ipv4', 'ipv6'] : ['ipv4']
  const rows = ruleRows(wanted)
  return families
    .flatMap((family) =>
      rows.filter((row) => (row.family ?? family) === family).map((row) => asRule(row, family)),
    )
    .sort((a, b) => a.priority - b.priority)
}

/** Why the rule of this priority is there, for `plan`; null for others' rules. */
export function reasonOfRule(rule: Rule, wanted: Wanted): string | null {
  return ruleRows(wanted).find((row) => row.priority === rule.priority)?.why ?? null
}

function ruleRows(wanted: Wanted): Row[] {
  const { uplinks } = wanted
  return [
    ...uplinks.flatMap(probeRows),
    {
      priority: priorities.mainWithoutDefault,
      selector: {},
      action: { kind: 'lookup', table: mainTable, suppressPrefixLength: 0 },
      why: 'what main knows better than a default always wins: LAN, Docker, Supervisor, VPNs',
    },
    ...uplinks.flatMap(pinRows),
    ...uplinks.flatMap((uplink) => addressRows(uplink, uplinks)),
    ...defaultPolicyRows(wanted),
  ]
}

function probeRows(uplink: Uplink): Row[] {
  const { index, name } = uplink
  const byMark: Row[] = failClosed({
    priority: priorities.probeMark(index),
    selector: { mark: { value: probeMark(index), mask: markMask } },
    action: lookup(uplink),
    why: `a probe of ${name} leaves by ${name} or fails, whatever main or a policy says`,
  })
  const byPort = (['udp', 'tcp'] as const).flatMap((protocol) =>
    failClosed({
      priority: priorities.probePort(index, protocol),
      selector: { incoming: 'lo', ipProtocol: protocol, sourcePorts: probePorts(index) },
      action: lookup(uplink),
      why: `the same for the ${protocol.toUpperCase()} probes of ${name}, known by their port`,
    }),
  )
  return [...byMark, ...byPort]
}

function pinRows(uplink: Uplink): Row[] {
  return failClosed({
    priority: priorities.wanMark(uplink.index),
    selector: { mark: { value: wanMark(uplink.index), mask: markMask } },
    action: lookup(uplink),
    why: `pins replies and sticky flows to ${uplink.name}, whatever its health`,
  })
}

/** Only where the address is the WAN's own: on a shared link it says nothing about the WAN. */
function addressRows(uplink: Uplink, uplinks: readonly Uplink[]): Row[] {
  const shared = uplinks.some((other) => other !== uplink && other.link === uplink.link)
  if (shared) return []
  return uplink.addresses
    .filter(({ scope, family }) => scope === 'global' && hasGateway(uplink, family))
    .map(({ family, address }) => ({
      priority: priorities.wanAddress(uplink.index),
      selector: { from: family === 'ipv4' ? `${address}/32` : `${address}/128` },
      action: lookup(uplink),
      why: `the host's replies go back by ${uplink.name}, where the question came in`,
      family,
    }))
}

function defaultPolicyRows({ settings, uplinks, decision }: Wanted): Row[] {
  const active = decision.policies.get('default')?.wan ?? null
  const uplink = uplinks.find(({ name }) => name === active)
  const mayUseAll = uplinks.every(({ name }) => settings.defaultPolicy.use.includes(name))
  const row: Row | null =
    uplink === undefined
      ? null
      : {
          priority: priorities.defaultPolicy,
          selector: {},
          action: lookup(uplink),
          why: `the failover itself: what no policy matches uses ${uplink.name}`,
        }
  if (mayUseAll) return row === null ? [] : [row]
  const closed: Row = {
    priority: priorities.defaultPolicy + 1,
    selector: {},
    action: { kind: 'unreachable' },
    why: 'the default policy may not use every WAN: it fails rather than leak to another',
  }
  return row === null ? [closed] : [row, closed]
}

function failClosed(row: Row): Row[] {
  const why = 'where its table has no way, it fails: it never falls through to main'
  return [row, { ...row, priority: row.priority + 1, action: { kind: 'unreachable' }, why }]
}

function hasGateway(uplink: Uplink, family: Family): boolean {
  return family === 'ipv4' || uplink.gateway6 !== null
}

function lookup({ table }: Uplink): RuleAction {
  return { kind: 'lookup', table, suppressPrefixLength: null }
}

function asRule({ priority, selector, action }: Row, family: Family): Rule {
  return {
    family,
    priority,
    protocol: ourProtocol,
    mark: null,
    incoming: null,
    from: null,
    to: null,
    ipProtocol: null,
    sourcePorts: null,
    other: null,
    ...selector,
    action,
  }
}
