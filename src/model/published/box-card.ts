/**
 * What a box of a pair tells the other one of itself, so that users see both side by side. It says
 * what must be equal on both, and never a secret. Nothing is decided by it.
 */
import { fnvHash } from '../fnv-hash.ts'
import { matcherText, portsText } from '../settings/setting-text.ts'
import type {
  DefaultPolicySettings,
  PairSettings,
  PolicySettings,
  Settings,
  WanSettings,
} from '../settings/settings.ts'
import type { ForwardSettings, TunnelSettings } from '../settings/tunnel-settings.ts'
import { endpointText } from '../tunnel/endpoint.ts'
import type { GivenWay } from '../uplink.ts'

/** By the options' names, as `wans.fiber.gateway`; each value is a short text. */
export type EqualOptions = Readonly<Record<string, string>>

export interface BoxCard {
  readonly role: PairSettings['role']
  readonly version: string
  /** When it was sent by that box's clock, ISO 8601, UTC. */
  readonly at: string
  readonly options: EqualOptions
}

/** In the snapshot's words. */
export interface OptionDifference {
  readonly option: string
  /** Empty: this box has no such option. */
  readonly here: string
  readonly there: string
}

/** Together with the lengths of their texts they keep a card below `maxCardBytes`. */
const maxOfAKind = 40
const maxTextLength = 200

/** Longer is nothing that one of our boxes has sent. */
export const maxCardBytes = 65_536

/** What the other role of the pair must have too. Names of interfaces differ by nature. */
export function equalOptionsOf(settings: Settings): EqualOptions {
  const lines = settings.wans.filter(({ tunnel }) => tunnel === undefined)
  const tunnels = settings.wans.flatMap(({ name, tunnel }) =>
    tunnel === undefined ? [] : [[name, tunnel] as const],
  )
  const { policies, forwards = [] } = settings
  const options: EqualOptions = {
    ...ofPair(settings.pair),
    wans: listed(lines.map(({ name }) => name)),
    ...joined(lines.map(ofLine)),
    policies: listed(policies.map(({ name }) => name)),
    ...joined(policies.slice(0, maxOfAKind).map(ofPolicy)),
    ...theOthers(policies.slice(maxOfAKind)),
    default_policy: useText(settings.defaultPolicy),
    ...ofTraffic(settings),
    tunnels: listed(tunnels.map(([name]) => name)),
    ...joined(tunnels.map(([name, tunnel]) => ofTunnel(name, tunnel))),
    forwards: listed(forwards.map(forwardText)),
  }
  return Object.fromEntries(Object.entries(options).map(([name, text]) => [name, short(text)]))
}

/** In the order of this box's options; what only the other one has comes last. */
export function differencesOf(own: EqualOptions, other: EqualOptions): readonly OptionDifference[] {
  return [...new Set([...Object.keys(own), ...Object.keys(other)])]
    .map((option) => ({ option, here: textOf(own, option), there: textOf(other, option) }))
    .filter(({ here, there }) => here !== there)
}

/** How far the other box's clock is ahead, in seconds; null: it says no time. */
export function clockDifference(at: string, wallMs: number): number | null {
  const theirsMs = Date.parse(at)
  return Number.isNaN(theirsMs) ? null : Math.round((theirsMs - wallMs) / 1_000)
}

function textOf(options: EqualOptions, name: string): string {
  return Object.hasOwn(options, name) ? (options[name] ?? '') : ''
}

function ofPair(pair: PairSettings | null): EqualOptions {
  if (pair === null) return {}
  return {
    'pair.address': `${pair.address}/${pair.prefixLength}`,
    'pair.address6': pair.address6 ?? 'none',
    'pair.group': `${pair.group}`,
    'pair.speed': `${pair.advertMs / 1_000} s`,
  }
}

function ofLine(wan: WanSettings): EqualOptions {
  const { name, ways, metered, capMb, billingDay, weight, inbound } = wan
  const cap = capMb === 0 ? {} : { [`wans.${name}.cap_mb`]: `${capMb}, from day ${billingDay}` }
  return {
    [`wans.${name}.gateway`]: wayText(ways.ipv4),
    [`wans.${name}.gateway6`]: wayText(ways.ipv6),
    [`wans.${name}.metered`]: `${metered}`,
    ...cap,
    [`wans.${name}.weight`]: `${weight}`,
    [`wans.${name}.inbound`]: inbound,
  }
}

function ofPolicy(policy: PolicySettings): EqualOptions {
  return { [`policies.${policy.name}`]: policyText(policy) }
}

function policyText(policy: PolicySettings): string {
  const { from, to, protocol, ports, overCap, failback } = policy
  return [
    `from ${listed(from.map(matcherText))}`,
    to.length === 0 ? '' : `to ${listed(to)}`,
    protocol === 'any' ? '' : protocol,
    ports.length === 0 ? '' : `ports ${listed(ports.map(portsText))}`,
    `use ${useText(policy)}`,
    overCap ? 'over cap' : '',
    failback === undefined ? '' : `failback ${failback}`,
  ]
    .filter((part) => part !== '')
    .join(', ')
}

function useText({ use, balance }: DefaultPolicySettings): string {
  return `${listed(use)}${balance ? ', balanced' : ''}`
}

function ofTraffic({ failback, sidestep, nat, dnsRescue }: Settings): EqualOptions {
  const { delayMs, mode, maxHoldDownMs } = failback
  return {
    failback: `${mode}, after ${delayMs / 1_000} s, at most ${maxHoldDownMs / 1_000} s`,
    sidestep,
    nat,
    dns_rescue: dnsRescue,
  }
}

/** The keys belong to each box, and one of them is secret. */
function ofTunnel(name: string, tunnel: TunnelSettings): EqualOptions {
  return {
    [`tunnels.${name}.kind`]: tunnel.kind,
    [`tunnels.${name}.endpoint`]: endpointText(tunnel.endpoint),
    [`tunnels.${name}.address`]: listed(tunnel.address),
    [`tunnels.${name}.over`]: listed(tunnel.over),
    [`tunnels.${name}.mode`]: tunnel.mode,
  }
}

function forwardText({ tunnel, protocol, ports, to }: ForwardSettings): string {
  return `${tunnel} ${protocol}${ports === null ? '' : ` ${portsText(ports)}`} to ${to}`
}

function joined(parts: readonly EqualOptions[]): EqualOptions {
  return Object.assign({}, ...parts)
}

function wayText(way: GivenWay): string {
  if (way.kind === 'address') return way.address
  return way.kind === 'learned' ? 'auto' : way.kind
}

function listed(texts: readonly string[]): string {
  return `[${texts.join(', ')}]`
}

/** What is too many to show is told apart at least. */
function theOthers(policies: readonly PolicySettings[]): EqualOptions {
  if (policies.length === 0) return {}
  const texts = policies.map((policy) => `${policy.name}: ${policyText(policy)}`)
  return { 'policies (the others)': `${texts.length}, ${digest(texts.join('\n'))}` }
}

/** Two long texts that begin alike stay apart by their ends. */
function short(text: string): string {
  if (text.length <= maxTextLength) return text
  return `${text.slice(0, maxTextLength - 12)}… (${digest(text)})`
}

/** Tells two texts apart that nobody has forged. */
function digest(text: string): string {
  return fnvHash(text).toString(16).padStart(8, '0')
}
