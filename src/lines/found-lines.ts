/**
 * What a search has found, from what was heard: which neighbours are lines, which of them are the same
 * one, and what to enter for each. It judges what it is given and asks nobody.
 */
import type { HeardLine, HeardLines, LinePlan, Router6 } from '../model/line-search.ts'
import type { FoundBy, FoundLine, LineSearch } from '../model/published/found-line.ts'
import { wanNames } from '../model/settings/wan-names.ts'
import { gatewayOf, type Uplink } from '../model/uplink.ts'
import { kindOf, looksMetered } from './line-kind.ts'
import { passesOnTo, sameness } from './same-lines.ts'

export interface FoundInput {
  readonly plan: Pick<LinePlan, 'gateways'>
  readonly heard: HeardLines
  readonly uplinks: readonly Uplink[]
  /** Of the options, in their order. */
  readonly wans: readonly { readonly name: string; readonly metered: boolean }[]
  /** null where nobody knows. */
  readonly makerOf: (mac: string) => string | null
}

export function foundLines(input: FoundInput): Pick<LineSearch, 'lines' | 'notes'> {
  const all = candidates(input)
  const relays = all.filter(
    (line) => !isKnown(line, input) && all.some((other) => passesOnTo(line, other)),
  )
  const kept = inOrder(
    all.filter((line) => !relays.includes(line)),
    input,
  )
  const same = sameAs(kept)
  const names = new Names(input)
  const distinct = kept.filter((line) => !same.has(line))
  for (const line of [...distinct, ...same.keys()]) names.take(line)
  const lines = kept.map((line) => {
    const first = same.get(line)
    const suggested = names.of(line)
    return foundLine(line, { input, name: suggested, sameAs: first ? idOf(first) : null })
  })
  return { lines, notes: [...relayNotes(relays), ...sharedNotes(kept, same)] }
}

/** Those who pass packets on, and gateways by somebody's word, even if nobody answers there. */
function candidates(input: FoundInput): readonly HeardLine[] {
  const { heard, plan } = input
  const heardOf = heard.lines.filter((line) => {
    if (isKnown(line, input)) return true
    const rest = heard.lines.filter((other) => other !== line && other.link === line.link)
    // The link itself is no line where a gateway on it is one.
    if (line.address === null) {
      return line.answered.length > 0 && rest.every((other) => other.answered.length === 0)
    }
    if (rest.some((other) => other.mac === line.mac && isKnown(other, input))) return false
    // Who shows a shorter way and answers nothing is a machine with containers, no router.
    return line.answered.length > 0 || (line.forwards && line.redirectsTo === null)
  })
  const silent = plan.gateways
    .filter(({ link, address }, at) => {
      const isSame = (one: { link: string; address: string | null }) =>
        one.link === link && one.address === address
      return plan.gateways.findIndex(isSame) === at && !heard.lines.some(isSame)
    })
    .map(({ link, address }) => silentLine(link, address))
  return [...heardOf, ...silent]
}

function silentLine(link: string, address: string): HeardLine {
  const nothing = { mac: null, answersFrom: null, redirectsTo: null, publicIp: null }
  return { link, address, ...nothing, answered: [], forwards: false, hops: [], publicIp6: null }
}

function isKnown({ link, address }: HeardLine, { plan, uplinks }: FoundInput): boolean {
  if (address === null) return uplinks.some((uplink) => isUplink({ link, address }, uplink))
  return plan.gateways.some((one) => one.link === link && one.address === address)
}

/** Lines with Internet first, then as this host knows and prefers them. */
function inOrder(lines: readonly HeardLine[], { plan }: FoundInput): readonly HeardLine[] {
  const rank = (line: HeardLine): number => {
    const at = plan.gateways.findIndex(
      ({ link, address }) => link === line.link && address === line.address,
    )
    return at === -1 ? plan.gateways.length : at
  }
  return lines.toSorted(
    (one, other) =>
      Number(one.answered.length === 0) - Number(other.answered.length === 0) ||
      rank(one) - rank(other) ||
      idOf(one).localeCompare(idOf(other), 'en', { numeric: true }),
  )
}

/** The first line that each of the rest is the same as. */
function sameAs(lines: readonly HeardLine[]): ReadonlyMap<HeardLine, HeardLine> {
  const same = new Map<HeardLine, HeardLine>()
  for (const [at, line] of lines.entries()) {
    const first = lines.slice(0, at).find((other) => sameness(line, other) === 'same')
    if (first !== undefined) same.set(line, same.get(first) ?? first)
  }
  return same
}

interface Told {
  readonly input: FoundInput
  readonly name: string
  readonly sameAs: string | null
}

function foundLine(line: HeardLine, { input, name, sameAs }: Told): FoundLine {
  const { link, address: gateway, mac, answered, publicIp, publicIp6 } = line
  const router6 = routerOf(line, input.heard.routers6)
  const maker = mac === null ? null : input.makerOf(mac)
  const looks = { interface: link, gateway, maker }
  const uplink = input.uplinks.find((one) => isUplink(line, one)) ?? null
  const given = input.wans.find((wan) => wan.name === uplink?.name)
  const latencies = answered.map(({ latency_ms }) => latency_ms)
  const gateway6 = router6?.address ?? null
  return {
    id: idOf(line),
    interface: link,
    kind: kindOf(looks),
    gateway,
    gateway6,
    mac,
    maker,
    found_by: foundBy(line, input),
    answered,
    latency_ms: latencies.length === 0 ? null : Math.min(...latencies),
    public_ip: publicIp,
    public_ip6: publicIp6,
    same_as: sameAs,
    wan: uplink?.name ?? null,
    suggested: {
      name,
      metered: given?.metered ?? looksMetered(looks),
      gateway: gateway ?? 'none',
      interface: link,
      gateway6,
    },
  }
}

function foundBy(line: HeardLine, { plan, heard, uplinks }: FoundInput): readonly FoundBy[] {
  const { link, address, mac } = line
  const told = plan.gateways
    .filter((one) => one.link === link && one.address === address)
    .map((one) => one.foundBy)
  const isConfigured = uplinks.some((uplink) => isUplink(line, uplink))
  return [
    ...new Set([
      ...told,
      ...(isConfigured ? (['configured'] as const) : []),
      ...(address === null ? (['interface'] as const) : []),
      ...(mac === null ? [] : (['neighbour'] as const)),
      ...(routerOf(line, heard.routers6) === null ? [] : (['router_advertisement'] as const)),
    ]),
  ]
}

/** By its MAC: sticks of one kind have the same on each link. */
function routerOf({ link, mac }: HeardLine, routers: readonly Router6[]): Router6 | null {
  const own = routers.filter((one) => one.mac === mac)
  return own.find((one) => one.link === link) ?? own.find((one) => one.link === null) ?? null
}

function isUplink(line: Pick<HeardLine, 'link' | 'address'>, uplink: Uplink): boolean {
  if (uplink.link !== line.link) return false
  if (line.address === null) return uplink.ways.ipv4.hop?.kind === 'link'
  return gatewayOf(uplink, 'ipv4') === line.address
}

function idOf({ link, address }: HeardLine): string {
  return address === null ? link : `${link}/${address}`
}

/** Each line another name: a configured one keeps its own. */
class Names {
  readonly #input: FoundInput
  readonly #names = new Map<HeardLine, string>()

  constructor(input: FoundInput) {
    this.#input = input
  }

  take(line: HeardLine): void {
    const { uplinks, wans } = this.#input
    const own = uplinks.find((uplink) => isUplink(line, uplink))?.name
    const taken = [...wans.map(({ name }) => name), ...this.#names.values()]
    const free = wanNames.find((name) => !taken.includes(name))
    this.#names.set(line, own ?? free ?? `line_${this.#names.size + 1}`)
  }

  of(line: HeardLine): string {
    return this.#names.get(line) ?? ''
  }
}

function relayNotes(relays: readonly HeardLine[]): string[] {
  return relays
    .filter(({ answered }) => answered.length > 0)
    .map(
      ({ address, link }) =>
        `${address} on ${link} only passes packets on to a router of the same network: it is no line of its own`,
    )
}

function sharedNotes(
  lines: readonly HeardLine[],
  same: ReadonlyMap<HeardLine, HeardLine>,
): string[] {
  const distinct = lines.filter((line) => !same.has(line))
  return distinct.flatMap((line, at) =>
    distinct
      .slice(0, at)
      .filter((other) => sameness(line, other) === 'shared_address')
      .map(
        (other) =>
          `${idOf(other)} and ${idOf(line)} have the public address ${line.publicIp} in common, but go different ways: their provider shares it among many customers, and they count as two lines`,
      ),
  )
}
