/**
 * What becomes of running flows when traffic moves: which stay, which WANs were just left, and when
 * their clients are made to reconnect. The resets themselves are nft's, see `flow-chains.ts`; we
 * forget what is not TCP and poke TCP clients, now and twice again for what slipped through while
 * the rules changed. We cut no flow before the rules lead elsewhere.
 */
import { freedWans } from '../../decision/freed-wans.ts'
import { keptFlows } from '../../decision/kept-flows.ts'
import {
  abandoned,
  type LeftWan,
  leftByDefault,
  leftWans,
  nextCheckMs,
  postponed,
} from '../../decision/left-wans.ts'
import type { Detour } from '../../decision/sidestep.ts'
import { type ByFamily, byFamily, type Family, families } from '../../model/address.ts'
import { wanMark } from '../../model/marks.ts'
import { everyPolicy, isGraceful } from '../../model/settings/every-policy.ts'
import type { Settings } from '../../model/settings/settings.ts'
import type { Uplink } from '../../model/uplink.ts'
import { flowSets } from '../../network/nft/chains/flow-chains.ts'
import { masqueradedNetworks } from '../../network/nft/chains/translation-chains.ts'
import type { FlowFilter } from '../../network/policies/flow-filter.ts'
import { tellingAddresses } from '../../network/shared-addresses.ts'
import type { FlowWishes } from '../../network/wanted.ts'
import type { Concern, Decided, Wishes } from '../concern.ts'
import type { Errand } from '../errand.ts'

export class Flows implements Concern {
  readonly #settings: Settings
  #left: readonly LeftWan[] = []
  #wishes: FlowWishes = { kept: byFamily(() => []), cut: byFamily(() => []), canMark: false }
  /** The policies whose flows never stay. */
  readonly #immediate: ReadonlySet<string>
  /** The WANs whose own UDP is let go of, and of those the ones that had been before. */
  #freedNow: ByFamily<readonly string[]> = byFamily(() => [])
  #freedBefore: ByFamily<readonly string[]> = byFamily(() => [])
  /** The WANs whose flows have stayed, for whatever reason. */
  #held: ByFamily<readonly string[]> = byFamily(() => [])
  /** The rules stand as decided: only then may flows be cut. */
  #settled = false
  /** By departure, how many passes its flows have had. */
  #passes: ReadonlyMap<string, number> = new Map()

  constructor(settings: Settings) {
    this.#settings = settings
    const policies = everyPolicy(settings).filter((policy) => !isGraceful(policy, settings))
    this.#immediate = new Set(policies.map(({ name }) => name))
  }

  wakeAtMs(): number {
    const due = this.#settled ? this.#left.map((one) => dueMs(one, this.#passes)) : []
    return Math.min(nextCheckMs(this.#left), ...due)
  }

  wishes({ decision, moves, healths, nowMs, capabilities, routing }: Decided): Wishes {
    const kept = keptFlows(this.#settings, healths, decision)
    const held = byFamily((family) => {
      const { avoided, taken } = routing.flows
      return [...new Set([...kept[family], ...avoided[family], ...taken[family]])]
    })
    const immediate = this.#immediate
    const moment = {
      moves,
      decision,
      healths,
      kept: held,
      keptBefore: this.#held,
      immediate,
      nowMs,
    }
    this.#held = held
    // What a WAN takes again now must not be cut for what it has lost before.
    this.#left = leftWans(this.#left, moment).filter(
      ({ wan, family }) => !routing.flows.taken[family].includes(wan),
    )
    const { ctMark: canMark, conntrack: canList } = capabilities
    const keptByDefault = immediate.has('default') ? routing.flows.taken : held
    const freed = freedWans(this.#settings, { healths, decision, kept: keptByDefault })
    const cut = abandoned(this.#left, decision)
    const cutUnmarked = leftByDefault(this.#left, decision)
    this.#freedNow = freed
    const led = byFamily((family) => [...freed[family], ...leftByOwn(routing.detours, family)])
    const { flows } = routing
    this.#wishes = { kept, cut, cutUnmarked, freed: led, canMark, canList, ...flows }
    return { flows: this.#wishes }
  }

  afterwards(moment: Decided, stands: boolean): readonly Errand[] {
    const { active, moving, nowMs } = moment
    this.#settled = active && stands
    if (!this.#settled) {
      this.#left = postponed(this.#left, nowMs)
      return []
    }
    const resets = [...this.#freed(moment), ...this.#resets(moment)]
    return moving ? [...resets, ...this.#untranslated(moment)] : resets
  }

  /** An address that is no longer right is only given anew where the flow is forgotten. */
  #freed(moment: Decided): Errand[] {
    const { uplinks } = moment
    const freed = this.#freedNow
    const before = this.#freedBefore
    this.#freedBefore = freed
    return uplinks.flatMap((uplink) => {
      const { name, index } = uplink
      const newly = families.filter(
        (family) => freed[family].includes(name) && !before[family].includes(name),
      )
      const sources = newly
        .flatMap((family) => tellingAddresses(uplink, uplinks, family))
        .map(({ address }) => address)
      if (sources.length === 0) return []
      const isKept = newly.some((family) => this.#wishes.kept[family].includes(name))
      const only = isKept ? this.#only([...this.#immediate], moment) : {}
      return {
        kind: 'forget_own',
        wan: name,
        mark: wanMark(index),
        families: newly,
        sources,
        ...only,
      }
    })
  }

  /** Where flows of others stay. */
  #only(names: readonly string[], { host }: Decided): { readonly only: FlowFilter } {
    const own = (host?.addresses ?? []).map(({ address }) => address)
    const known = (host?.neighbours ?? []).flatMap(({ address, mac }) =>
      mac === null ? [] : [[address, mac] as const],
    )
    const { policies } = this.#settings
    return { only: { policies, names, own, macs: new Map(known) } }
  }

  #resets(moment: Decided): Errand[] {
    const { uplinks, nowMs } = moment
    const departures = departuresOf(this.#left)
    const passes = new Map([...this.#passes].filter(([key]) => departures.has(key)))
    const errands: Errand[] = []
    for (const [key, departure] of departures) {
      if (nowMs < dueMs(departure, passes)) continue
      const pass = passes.get(key) ?? 0
      passes.set(key, pass + 1)
      const { wan } = departure
      const uplink = uplinks.find(({ name }) => name === wan)
      if (uplink === undefined) continue
      const { ways } = this.#settings.wans[uplink.index] ?? {}
      errands.push({
        kind: 'reset_flows',
        wan,
        mark: wanMark(uplink.index),
        families: departure.families.filter((family) => ways?.[family].kind !== 'none'),
        // A client that is poked too early answers no second time for half a second.
        sets: flowSets(wan, departure.families, {
          settings: this.#settings,
          uplinks,
          flows: this.#wishes,
        }),
        first: pass === 0,
        asked: hasOwnAddresses(uplink),
        ...(departure.policies === undefined ? {} : this.#only(departure.policies, moment)),
      })
    }
    this.#passes = passes
    return errands
  }

  /** Flows that began untranslated would leave the new WAN with an address of the old one. */
  #untranslated({ uplinks, host }: Decided): Errand[] {
    if (host === null) return []
    const sources = masqueradedNetworks(this.#settings, uplinks, host)
    return sources.length === 0 ? [] : [{ kind: 'forget_unmasqueraded', sources }]
  }
}

/** What begins by it would come to another WAN with an address that gets no reply there. */
function hasOwnAddresses({ sharesLink, ways }: Uplink): boolean {
  return !sharesLink || ways.ipv6.prefixes.length > 0
}

/** This machine's own new UDP avoids these; what had an answer is held before that counts. */
function leftByOwn(detours: readonly Detour[], family: Family): readonly string[] {
  return detours
    .filter((one) => one.policy === 'default' && one.family === family)
    .map(({ avoids }) => avoids)
}

/** Families that have left a WAN at the same moment go together. */
interface Departure extends Omit<LeftWan, 'family'> {
  readonly families: readonly Family[]
}

function departuresOf(left: readonly LeftWan[]): ReadonlyMap<string, Departure> {
  const departures = new Map<string, Departure>()
  for (const { family, ...one } of left) {
    const key = keyOf(one)
    const before = departures.get(key)
    departures.set(key, { ...(before ?? one), families: [...(before?.families ?? []), family] })
  }
  return departures
}

function dueMs(one: Omit<LeftWan, 'family'>, passes: ReadonlyMap<string, number>): number {
  const afterMs = passesAfterMs[passes.get(keyOf(one)) ?? 0]
  return afterMs === undefined ? Number.POSITIVE_INFINITY : one.sinceMs + afterMs
}

function keyOf({ wan, sinceMs, policies }: Omit<LeftWan, 'family'>): string {
  return `${wan} since ${sinceMs} by ${policies?.join(', ') ?? 'everybody'}`
}

const passesAfterMs = [0, 2_000, 5_000]
