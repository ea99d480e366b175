/**
 * What the program makes of an option file on a host: as `plan` and `explain` print it, as a daemon
 * would have it, and as plain values for the checks. The only file here that knows `src/`, so that a
 * change of its types is followed here and nowhere else. It computes; it must never judge.
 */
import { decide, undecided } from '../../src/decision/decide.ts'
import { byFamily, families } from '../../src/model/address.ts'
import type { Decision } from '../../src/model/decision.ts'
import type { WanHealth } from '../../src/model/health.ts'
import type { Route, Rule } from '../../src/model/host.ts'
import { priorities } from '../../src/model/marks.ts'
import { countedWans } from '../../src/model/settings/counted-wans.ts'
import type { Settings } from '../../src/model/settings/settings.ts'
import { gatewayOf, type Uplink } from '../../src/model/uplink.ts'
import { dockerCommand } from '../../src/network/accepts/desired-accepts.ts'
import { desiredState } from '../../src/network/desired-state.ts'
import type { Change, IpChange } from '../../src/network/diff/change.ts'
import { detour } from '../../src/network/diff/detour.ts'
import { diff } from '../../src/network/diff/diff.ts'
import { ipCommand } from '../../src/network/diff/operations.ts'
import { trafficClasses } from '../../src/network/policies/traffic-classes.ts'
import { resolveUplinks } from '../../src/network/uplinks.ts'
import type { DesiredState, FlowWishes, MeteringWishes, Wanted } from '../../src/network/wanted.ts'
import { parseOptions } from '../../src/options/parse-options.ts'
import { formatProblems } from '../../src/options/problem.ts'
import { adviseForwarding } from '../../src/report/advice.ts'
import { decisionIfDown, explain, explainCases } from '../../src/report/explain.ts'
import { meteringHints } from '../../src/report/metering-hints.ts'
import { plan } from '../../src/report/plan.ts'
import { standingDecision } from '../../src/report/standing-decision.ts'
import { exampleForwarding } from '../examples/example-capabilities.ts'
import type { Host } from './random-hosts.ts'
import type { Wishes } from './random-wishes.ts'

/** What a command that only looks knows, as `commands/with-host.ts` puts it together. */
export type Scene = Pick<Wanted, 'settings' | 'uplinks' | 'host' | 'decision'>

/** What the checks look at. */
export interface PlanView {
  readonly wans: readonly { readonly name: string; readonly table: number }[]
  /** Those that the kernel speaks. */
  readonly families: readonly Rule['family'][]
  readonly rules: readonly Rule[]
  readonly routes: readonly Route[]
  /** Other programs' rules. */
  readonly otherRules: readonly Rule[]
  readonly nft: string | null
  /** Where the lookup for each distinct list of WANs would be, and the list. */
  readonly uses: readonly { readonly priority: number; readonly wans: readonly string[] }[]
  /** The WANs of the default policy. */
  readonly defaultUse: readonly string[]
}

/** Throws with all that is wrong where an option is refused. */
export function settingsOf(text: string): Settings {
  const parsed = parseOptions(text)
  if (parsed.kind === 'ok') return parsed.settings
  throw new Error(`${formatProblems(parsed.problems).join('\n')}\n${text}`)
}

export function sceneOf(settings: Settings, host: Host): Scene {
  const uplinks = resolveUplinks(settings.wans, host)
  return { settings, uplinks, host, decision: standingDecision({ settings, uplinks, host }) }
}

export function usableWans({ uplinks }: Scene): number {
  return uplinks.filter(({ ways }) => ways.ipv4.problem === null).length
}

/** `text` is what a command prints; `view` the same for the checks. */
export interface Planned {
  readonly text: string
  /** The same without words for people, and without the hash that names the plan's marker chain. */
  readonly compared: string
  readonly view: PlanView
}

/** What `plan --json` prints. */
export function planned(scene: Scene): Planned {
  const desired = desiredState(scene)
  return { ...printed(plan(desired, scene)), view: viewOf(desired, scene) }
}

/**
 * What else follows from options and host: `plan --down`, `explain --json`, and what a daemon with
 * these wishes would have in the kernel and change there. As text that shows nothing of how the
 * program keeps it.
 */
export function plannedAsWished(scene: Scene, wishes: Wishes): Planned {
  const { settings, uplinks, host } = scene
  const wanted = wantedBy(scene, wishes)
  const desired = desiredState(wanted)
  const between = detour(wanted)
  const ifDown = { ...scene, decision: downDecision(settings, wishes) }
  const [first, ...others] = wishes.packets
  const texts = printed({
    uplinks: uplinks.map(plainUplink),
    hints: meteringHints(settings, uplinks).length + adviceOn(uplinks).length,
    ifDown: plan(desiredState(ifDown), ifDown),
    wished: plainState(desired),
    detour: between === null ? null : plainState(between),
    changes: diff(desired, host, null).flatMap(plainChange),
    explained: first === undefined ? [] : explainCases(scene, first),
    explainedAsWished: others.map((packet) => explain(wanted, packet)),
  })
  return { ...texts, view: viewOf(desired, wanted) }
}

function printed(value: unknown): Pick<Planned, 'text' | 'compared'> {
  const bare = JSON.stringify(value, (key, each) => (key === 'reason' ? undefined : each), 2)
  const compared = bare.replaceAll(/\bplan_[0-9a-f]{8}\b/g, 'plan_name')
  return { text: JSON.stringify(value, null, 2), compared }
}

function viewOf(desired: DesiredState, { settings, decision, host }: Wanted): PlanView {
  const { rules, routes, nft } = desired
  return {
    wans: settings.wans,
    families: host.ipv6 ? ['ipv4', 'ipv6'] : ['ipv4'],
    rules,
    routes,
    otherRules: host.rules.filter(({ protocol }) => protocol !== 201),
    nft,
    uses: trafficClasses(settings, decision).all.map(({ use, wans }) => ({
      priority: priorities.use(use),
      wans,
    })),
    defaultUse: settings.defaultPolicy.use,
  }
}

/** Field by field: whatever an uplink is made of, this is what is known of it. */
function plainUplink(uplink: Uplink) {
  const { name, index, table, link, ways } = uplink
  const { hop, problem } = ways.ipv4
  const gateway = gatewayOf(uplink, 'ipv4')
  const gateway6 = gatewayOf(uplink, 'ipv6')
  const gatewayMac = hop?.kind === 'gateway' ? hop.mac : null
  const addresses = families
    .flatMap((family) => ways[family].addresses)
    .map(({ address, prefixLength }) => `${address}/${prefixLength}`)
  return { name, index, table, link, gateway, gateway6, gatewayMac, addresses, problem }
}

function adviceOn(uplinks: readonly Uplink[]): string[] {
  const strict = Object.fromEntries(uplinks.map(({ link }) => [link ?? 'lo', 1]))
  const forwarding = exampleForwarding({ reversePathFilter: strict })
  return adviseForwarding(forwarding, uplinks).map(({ text }) => text)
}

function plainState({ rules, routes, nft, quotasUsed, holdFirst, accepts }: DesiredState) {
  return {
    rules: rules.map((rule) => ipText({ kind: 'add_rule', rule })),
    routes: routes.map((route) => ipText({ kind: 'replace_route', route })),
    nft,
    quotasUsed: [...(quotasUsed ?? [])],
    holdFirst,
    accepts: accepts.map(dockerCommand),
  }
}

function plainChange(change: Change): (string | null)[] {
  switch (change.kind) {
    case 'add_rule':
    case 'delete_rule':
    case 'replace_route':
    case 'delete_route':
      return [ipText(change)]
    case 'replace_nft':
      return ['nft', change.before ?? null, change.script, change.after ?? null]
    case 'delete_nft':
      return ['delete nft']
    case 'add_accept':
    case 'delete_accept':
      return [`${change.kind} ${dockerCommand(change.accept)}`]
  }
}

function ipText(change: IpChange): string {
  const { family, line } = ipCommand(change)
  return `${family} ${line}`
}

function wantedBy(scene: Scene, wishes: Wishes): Wanted {
  const { settings } = scene
  const { kept, cut, canMark, canList, nat6, used } = wishes
  const at = (positions: readonly number[]) =>
    settings.wans.filter(({ index }) => positions.includes(index)).map(({ name }) => name)
  const list = canList === null ? {} : { canList }
  const both = byFamily(() => at(kept))
  const flows: FlowWishes = { kept: both, cut: byFamily(() => at(cut)), canMark, ...list }
  return {
    ...scene,
    decision: wishedDecision(settings, wishes),
    flows,
    ...(used === null ? {} : { metering: meteringOf(settings, used) }),
    ...(nat6 === null ? {} : { nat6 }),
  }
}

function meteringOf(settings: Settings, used: readonly number[]): MeteringWishes {
  const caps = countedWans(settings)
    .filter(({ capMb }) => capMb > 0)
    .map(({ name: wan, index, capMb }) => ({
      wan,
      month: '2026-11-01',
      limitBytes: capMb * 1_000_000,
      usedBytes: used[index] ?? 0,
    }))
  return { caps }
}

function downDecision(settings: Settings, { down }: Wishes): Decision {
  const { wans } = settings
  const name = wans[down % wans.length]?.name ?? ''
  return decisionIfDown(settings, { down: [name] }, undecided)
}

/** As a daemon would have come to it in two turns, with what users asked for in between. */
function wishedDecision(settings: Settings, wishes: Wishes): Decision {
  const { wans, policies } = settings
  const healths = (turn: 0 | 1) => {
    const each = wans.map(
      ({ name, index }) => [name, healthOf(wishes.healths[index]?.[turn], index)] as const,
    )
    return byFamily(() => new Map(each))
  }
  const first = decide(undecided, { settings, healths: healths(0), nowMs: 0, hurry: true })
  const byHand = policies.flatMap(({ name, use }, i) => {
    const wan = use[wishes.chosen[i] ?? use.length]
    return wan === undefined ? [] : [[name, wan] as const]
  })
  const mode = wans[wishes.mode ?? wans.length]?.name ?? 'automatic'
  const avoid = wans[wishes.test ?? wans.length]?.name
  const test = avoid === undefined ? null : { avoid, untilMs: 1_000_000 }
  const capped = new Set(wishes.capped.flatMap((position) => wans[position]?.name ?? []))
  const before = { ...first.decision, mode, test, chosen: new Map(byHand) }
  const situation = { settings, healths: healths(1), nowMs: 100_000, hurry: false, capped }
  return decide(before, situation).decision
}

/** Some have been so for long enough to be returned to, others not. */
function healthOf(state: WanHealth['state'] = 'up', index: number): WanHealth {
  return {
    state,
    reason: 'says the test',
    sinceMs: 50_000 + 10_000 * index,
    suspectedMs: null,
    holdDownMs: 30_000,
    suspectSinceMs: null,
    answersSinceMs: null,
  }
}
