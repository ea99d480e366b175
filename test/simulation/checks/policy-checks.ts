/**
 * Invariant 2 for every policy: its traffic never goes by a WAN that it may not use, never stays on
 * one that is reported down while it may use a healthy one, and the kernel's rules say the same.
 */
import type { HostState } from '../../../src/model/host.ts'
import { ourProtocol } from '../../../src/model/marks.ts'
import type { Snapshot } from '../../../src/model/published/snapshot.ts'
import type { PolicySettings } from '../../../src/model/settings/settings.ts'
import { Lasting } from './lasting.ts'
import type { Situation } from './situation.ts'

export class PolicyChecks {
  readonly #situation: Situation
  readonly #lasting = new Lasting()

  constructor(situation: Situation) {
    this.#situation = situation
  }

  published(snapshot: Snapshot): void {
    for (const { name, use } of this.#policies()) {
      const wan = snapshot.policies[name]?.wan ?? null
      if (wan !== null && !use.includes(wan)) {
        this.#situation.fail(`invariant 2: ${name} may use ${use.join(', ')} only, not ${wan}`)
      }
    }
  }

  /** Every quarter second. */
  look(host: HostState): void {
    const { snapshot, phase, isAble, isDisturbed, clock } = this.#situation
    if (snapshot === null || phase !== 'running') return
    const wrongs =
      isAble && !isDisturbed
        ? [...this.#stuck(snapshot), ...this.#otherTables(host, snapshot), ...this.#leaks(host)]
        : []
    const nowMs = clock.nowMs()
    const [wrong] = this.#lasting.tooLong(wrongs, { nowMs, limitMs: () => 1_500 })
    if (wrong !== undefined) this.#situation.fail(`invariant 2: ${wrong}`)
  }

  #stuck({ policies, wans }: Snapshot): string[] {
    return this.#policies().flatMap(({ name, use }) => {
      const wan = policies[name]?.wan
      if (wan === null || wan === undefined || wans[wan]?.state !== 'down') return []
      const better = use.find((other) => wans[other]?.state === 'up')
      return better === undefined ? [] : [`${name} stays on ${wan}, though ${better} is up`]
    })
  }

  /** Only the daemon knows which rule is whose; all of them together lead to the same tables. */
  #otherTables(host: HostState, { policies, suspect }: Snapshot): string[] {
    // New connections may avoid what was decided on.
    if (suspect.length > 0) return []
    const { places } = this.#situation.world.topology
    const told = this.#unlikeDefault().map(({ name }) => policies[name]?.wan ?? null)
    if (this.#hasAddresses(host)) told.push(policies['default']?.wan ?? null)
    const wanted = places.filter(({ name }) => told.includes(name)).map(({ table }) => table)
    const there = lookups(host)
    const same = wanted.length === there.size && wanted.every((table) => there.has(table))
    return same ? [] : [`policies lead to ${[...there].join(', ')}, not to ${wanted.join(', ')}`]
  }

  /** A policy that may not use every WAN fails where its own table has no way. */
  #leaks(host: HostState): string[] {
    const { wans, defaultPolicy } = this.#situation.world.topology.settings
    const marked = this.#hasAddresses(host) ? [defaultPolicy] : []
    const closed = [...this.#unlikeDefault(), ...marked].filter(
      ({ use }) => use.length < wans.length,
    )
    const distinct = new Set(closed.map(({ use }) => JSON.stringify(use)))
    const ends = useRules(host).filter(({ action }) => action.kind === 'unreachable')
    return ends.length === distinct.size
      ? []
      : [`${ends.length} of ${distinct.size} lists of WANs fail closed`]
  }

  /** A WAN has an address of its own: the default policy has a mark too, for sockets that keep it. */
  #hasAddresses({ addresses }: HostState): boolean {
    const { places } = this.#situation.world.topology
    return places
      .filter(({ shared }) => !shared)
      .some((place) =>
        addresses.some(({ link, scope }) => link === place.link && scope === 'global'),
      )
  }

  /** The others follow the default policy's own rule. */
  #unlikeDefault(): readonly PolicySettings[] {
    const { defaultPolicy } = this.#situation.world.topology.settings
    const likeDefault = JSON.stringify(defaultPolicy.use)
    return this.#policies().filter(({ use }) => JSON.stringify(use) !== likeDefault)
  }

  #policies(): readonly PolicySettings[] {
    return this.#situation.world.topology.settings.policies
  }
}

export function isUsePriority(priority: number): boolean {
  return priority >= 10_100 && priority < 10_800
}

function useRules({ rules }: HostState) {
  return rules.filter(
    ({ priority, protocol, family }) =>
      protocol === ourProtocol && family === 'ipv4' && isUsePriority(priority),
  )
}

function lookups(host: HostState): ReadonlySet<number> {
  const tables = useRules(host).flatMap(({ action }) =>
    action.kind === 'lookup' ? [action.table] : [],
  )
  return new Set(tables)
}
