import { defaultDestination, type Family, families } from '../model/address.ts'
import type { HostState, Rule, RuleAction } from '../model/host.ts'
import {
  markMask,
  ourProtocol,
  priorities,
  probeMark,
  probePorts,
  wanMark,
} from '../model/marks.ts'
import { mayUseAll, type TrafficClass, trafficClasses } from './traffic-classes.ts'
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
  const spoken = wanted.host.ipv6 ? families : (['ipv4'] as const)
  const rows = ruleRows(wanted)
  return spoken
    .flatMap((family) =>
      rows.filter((row) => (row.family ?? family) === family).map((row) => asRule(row, family)),
    )
    .sort((a, b) => a.priority - b.priority)
}

/** By priority, why our rules are there, for `plan`; of two at one priority the first one's. */
export function reasonsOfRules(wanted: Wanted): ReadonlyMap<number, string> {
  const rows = ruleRows(wanted).toReversed()
  return new Map(rows.map(({ priority, why }) => [priority, why]))
}

function ruleRows(wanted: Wanted): Row[] {
  const { settings, uplinks, decision } = wanted
  return [
    ...uplinks.flatMap(probeRows),
    {
      priority: priorities.mainWithoutDefault,
      selector: {},
      action: { kind: 'lookup', table: mainTable, suppressPrefixLength: 0 },
      why: 'what main knows better than a default always wins: LAN, Docker, Supervisor, VPNs',
    },
    ...uplinks.flatMap(pinRows),
    ...trafficClasses(settings, decision, wanted.avoidedUses).all.flatMap((one) =>
      useRows(one, uplinks),
    ),
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

/** Balanced traffic is marked with WANs instead; its rule is for what comes before the first mark. */
function useRows({ use, mark, wans, wan }: TrafficClass, uplinks: readonly Uplink[]): Row[] {
  const uplink = uplinks.find(({ name }) => name === wan)
  const selector = { mark: { value: mark, mask: markMask } }
  const list = wans.length === 0 ? 'none' : wans.join(', ')
  const closed: Row = {
    priority: priorities.use(use) + 1,
    selector,
    action: { kind: 'unreachable' },
    why: `policies that may use ${list} only: they fail rather than leak to another WAN`,
  }
  const end = mayUseAll(wans, uplinks) ? [] : [closed]
  if (uplink === undefined) return end
  const why = `policies that use ${list}: ${uplink.name} now`
  return [{ priority: priorities.use(use), selector, action: lookup(uplink), why }, ...end]
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

function defaultPolicyRows(wanted: Wanted): Row[] {
  const { settings, uplinks, decision } = wanted
  const active = decision.policies.get('default')?.wan ?? null
  const uplink = uplinks.find(({ name }) => name === active) ?? null
  const row = uplink === null ? [] : [defaultRow(uplink)]
  const own = ownRows(wanted, uplink)
  if (mayUseAll(settings.defaultPolicy.use, uplinks)) return [...own, ...row]
  const closed: Row = {
    priority: priorities.defaultPolicy + 1,
    selector: {},
    action: { kind: 'unreachable' },
    why: 'the default policy may not use every WAN: it fails rather than leak to another',
  }
  return [...own, ...row, closed]
}

function defaultRow(uplink: Uplink): Row {
  return {
    priority: priorities.defaultPolicy,
    selector: {},
    action: lookup(uplink),
    why: `the failover itself: what no policy matches uses ${uplink.name}`,
  }
}

/**
 * Where the default policy has no way out, this machine's own packets would fail before nft could
 * give them their policy's mark. They find a way by a WAN of theirs; nft drops what stays unmarked
 * and may not use it. The default policy's WAN comes before it, at a priority of its own: of equal
 * ones the kernel would take whichever was added first.
 */
function ownRows({ settings, uplinks, decision, host }: Wanted, active: Uplink | null): Row[] {
  const wans = settings.policies
    .filter(({ from }) => from.some(({ kind }) => kind !== 'mac'))
    .flatMap(({ name }) => {
      const { wan = null, spread = [] } = decision.policies.get(name) ?? {}
      return [wan, ...spread]
    })
  const open = mayUseAll(settings.defaultPolicy.use, uplinks)
  const selector = { incoming: 'lo' }
  return families.flatMap((family) => {
    const other = uplinks.find(
      (uplink) => uplink !== active && wans.includes(uplink.name) && hasGateway(uplink, family),
    )
    const needed = open
      ? active !== null && !hasGateway(active, family) && !hasDefault(host, family)
      : true
    if (!needed || other === undefined) return []
    const first: Row[] =
      active === null
        ? []
        : [{ ...defaultRow(active), priority: priorities.ownDefault, selector, family }]
    const why = `this machine's own packets find a way, until nft gives them the mark of their policy`
    const priority = priorities.ownOther
    return [...first, { priority, selector, action: lookup(other), why, family }]
  })
}

/** By `main`: where no rule of ours says anything, it decides. */
function hasDefault({ routes }: HostState, family: Family): boolean {
  return routes.some(
    ({ table, destination }) => table === mainTable && destination === defaultDestination[family],
  )
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
