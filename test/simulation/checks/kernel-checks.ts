/**
 * Invariants 1, 4 and 5 of DESIGN: what the kernel holds, after every single change by the daemon
 * and every quarter second.
 */
import { isDeepStrictEqual } from 'node:util'
import { type Family, families } from '../../../src/model/address.ts'
import type { HostState, RouteQuestion } from '../../../src/model/host.ts'
import { ourProtocol, priorities, wanMark } from '../../../src/model/marks.ts'
import type { Change, IpChange } from '../../../src/network/diff/change.ts'
import type { Line } from '../world/line.ts'
import { activeRule, expectedObjects, printRoute, printRule } from './expected-objects.ts'
import { Lasting } from './lasting.ts'
import { PacketWalk, type Way } from './packet-walk.ts'
import { isUsePriority } from './policy-checks.ts'
import type { Situation } from './situation.ts'
import type { Step } from './witness.ts'

export class KernelChecks {
  readonly #situation: Situation
  readonly #walk = new PacketWalk()
  readonly #missing = new Lasting()
  readonly #missingNft = new Lasting()
  readonly #leftOver = new Lasting()
  /** When a look has found it, last. */
  readonly #seenMs = new Map<string, number>()
  readonly #strayed = new Lasting()
  /** When the daemon put an object into the kernel. */
  readonly #additions = new Map<string, number[]>()

  constructor(situation: Situation) {
    this.#situation = situation
  }

  /** A new process knows nothing of the fights of the last one. */
  forget(): void {
    this.#additions.clear()
  }

  /** The line that carries a client's packet to the Internet; null: none does. */
  carrier(host: HostState): Line | null {
    const way = this.#walk.wayOf(this.#toInternet().client, host)
    const { everyLine } = this.#situation.world
    return everyLine.find((line) => way !== null && leadsTo(line, way)) ?? null
  }

  /** After one change by the daemon. */
  async changed(step: Step): Promise<void> {
    const { world } = this.#situation
    const twin = await world.twinState()
    this.#ownsOnlyItsOwn(step.change)
    this.#countAddition(step.change)
    if (this.#situation.phase !== 'stopping') this.#deletesNothingWanted(step, twin)
    this.#keepsTheWay(step, twin)
  }

  /** Now and then, and whenever something may have gone on for too long. */
  look(host: HostState, twin: HostState): void {
    const { phase } = this.#situation
    this.#leavesOthersAlone(host, twin)
    if (phase === 'stopping') return
    this.#keepsTheInside(host, twin)
    const { topology, lines } = this.#situation.world
    const expected = expectedObjects(topology, { lines, twin })
    this.#everythingStands(host, expected)
    this.#nftStands(host, expected.has('nft'))
  }

  /** After a stop in good order with `on_stop: restore`. */
  restored(host: HostState, twin: HostState): void {
    const ours = objectsOf(host)
    if (ours.size > 0) this.#fail(`4: after restore there is still ${[...ours].join('; ')}`)
    this.#leavesOthersAlone(host, twin)
  }

  #ownsOnlyItsOwn(change: Change): void {
    if (!('rule' in change || 'route' in change)) return
    const object = 'rule' in change ? change.rule : change.route
    const foreign = object.protocol !== ourProtocol
    const outside =
      'rule' in change && (change.rule.priority < 9900 || change.rule.priority > 10999)
    if (foreign || outside) this.#fail(`touches what is not ours: ${JSON.stringify(change)}`)
  }

  #countAddition(change: Change): void {
    if (change.kind !== 'add_rule' && change.kind !== 'replace_route') return
    const printed = printChanged(change)
    const nowMs = this.#situation.clock.nowMs()
    const earlier = this.#additions.get(printed) ?? []
    const recent = [...earlier.filter((atMs) => atMs > nowMs - 60_000), nowMs]
    this.#additions.set(printed, recent)
    const deletions = this.#situation.world.deletionsOf(printed)
    if (recent.length > mostAdditions && deletions > mostAdditions) {
      this.#fail(`5: a fight without limit: ${recent.length} times in a minute: ${printed}`)
    }
  }

  #deletesNothingWanted({ before, change, after }: Step, twin: HostState): void {
    if (change.kind !== 'delete_rule' && change.kind !== 'delete_route') return
    const printed = printChanged(change)
    if (!objectsOf(before).has(printed)) return
    const { world, clock } = this.#situation
    const nowMs = clock.nowMs()
    // Where the kernel refuses the half of a first plan, the other half may go as it came.
    const addedMs = this.#additions.get(printed)?.at(-1) ?? Number.NEGATIVE_INFINITY
    if (!this.#situation.isAble && nowMs - addedMs <= backWithinMs) return
    const wanted = expectedObjects(world.topology, { lines: world.lines, twin })
    if (wanted.has(printed) && !this.#situation.isDisturbed)
      this.#fail(`4: deletes what is to stand: ${printed}`)
    if (change.kind === 'delete_rule' && change.rule.priority === 10900) {
      const left = after.rules.some(
        ({ priority, family }) => priority === 10900 && family === change.rule.family,
      )
      // The daemon may take back what it has just put back: the deletion was the other program's.
      const isTakenBack = nowMs - world.wasDeletedMs(printed) <= backWithinMs
      if (!left && !isTakenBack)
        this.#fail(`4: a moment without a rule of priority 10900 (${printed})`)
    }
  }

  /** No change of ours costs a packet its way, unless the line itself is dead. */
  #keepsTheWay({ before, change, after }: Step, twin: HostState): void {
    const { world, phase, isDisturbed, isAble } = this.#situation
    // Half of a change is not the change; the daemon logs it as an error.
    if (isDisturbed || !isAble) return
    for (const [who, packet] of Object.entries(this.#toInternet())) {
      const was = this.#walk.wayOf(packet, before)
      const is = this.#walk.wayOf(packet, after)
      if (was === null || isDeepStrictEqual(was, is)) continue
      const line = world.everyLine.find((candidate) => leadsTo(candidate, was))
      if (line?.deadSinceMs !== null || this.#hasJustDied()) continue
      const step = describe(change)
      if (is === null && (phase !== 'stopping' || this.#walk.wayOf(packet, twin) !== null)) {
        this.#fail(`4: the ${who}'s packets have no way any more after ${step}`)
      }
      const byWan = (way: Way | null) => world.lines.some(({ place }) => place.table === way?.table)
      if (phase !== 'stopping' && byWan(was) && !byWan(is)) {
        this.#fail(`4: the ${who}'s packets fall out of the WANs' tables after ${step}`)
      }
    }
    for (const stray of this.#straysOf(after, twin)) {
      if (!this.#straysOf(before, twin).includes(stray)) this.#fail(`1: ${stray}`)
    }
  }

  /** Where the change leads may have gone since the daemon has read the host. */
  #hasJustDied(): boolean {
    const { world, clock } = this.#situation
    return world.lines.some(
      ({ deadSinceMs }) => deadSinceMs !== null && clock.nowMs() - deadSinceMs < noticeMs,
    )
  }

  #keepsTheInside(host: HostState, twin: HostState): void {
    const { world, clock } = this.#situation
    const strays = this.#situation.isHijacked ? [] : this.#straysOf(host, twin)
    // Only a host that another program has just changed may be wrong for a moment.
    const limitMs = world.deletions.size === 0 ? 0 : 1_000
    const { isAble, isDisturbed, phase } = this.#situation
    const able = isAble && !isDisturbed && phase === 'running'
    const [stray] = this.#strayed.tooLong(strays, {
      nowMs: clock.nowMs(),
      limitMs: () => (able ? limitMs : Number.POSITIVE_INFINITY),
    })
    if (stray !== undefined) this.#fail(`1: ${stray}`)
  }

  /** Packets to the inside that don't go as they would without the daemon. */
  #straysOf(host: HostState, twin: HostState): string[] {
    const { inside, client, places } = this.#situation.world.topology
    const marks = [0, ...places.map(({ index }) => wanMark(index))]
    const strays: string[] = []
    for (const target of inside) {
      const right = this.#walk.wayOf({ family: 'ipv4', target }, twin)
      if (right === null || right.prefixLength === 0) continue
      for (const incoming of ['lo', client.link]) {
        for (const mark of marks) {
          const way = this.#walk.wayOf({ family: 'ipv4', target, incoming, mark }, host)
          if (way?.link === right.link && way.gateway === right.gateway) continue
          const by = way === null ? 'nowhere' : `to ${way.gateway ?? '-'} on ${way.link}`
          strays.push(`a packet to ${target} (in by ${incoming}, mark ${mark}) goes ${by}`)
        }
      }
    }
    return strays
  }

  #leavesOthersAlone(host: HostState, twin: HostState): void {
    for (const what of ['links', 'addresses', 'rules', 'routes'] as const) {
      const theirs = print(host[what])
      const untouched = print(twin[what])
      if (isDeepStrictEqual(theirs, untouched)) continue
      this.#fail(`4: others' ${what} are not as they would be without us:\n${theirs}\n${untouched}`)
    }
  }

  #everythingStands(host: HostState, expected: ReadonlySet<string>): void {
    const { world, clock, phase, isAble } = this.#situation
    const there = objectsOf(host)
    const wanted = new Set(expected)
    const moving = families.filter((family) => this.#isMoving(family, there))
    for (const family of families) {
      const rule = this.#activeRule(family, there)
      if (rule !== null) wanted.add(rule)
    }
    const isOpen = (object: string) =>
      isJudgedElsewhere(object) ||
      moving.some((family) => object.startsWith(activeRule(family, '')))
    const nowMs = clock.nowMs()
    const blamed = phase === 'running' && isAble
    const missing = blamed
      ? [...wanted].filter(
          (object) =>
            // What is deleted stroke by stroke may be missing at every look.
            !there.has(object) &&
            !isOpen(object) &&
            nowMs - world.wasDeletedMs(object) > backWithinMs,
        )
      : []
    const leftOver = blamed
      ? [...there].filter((object) => !wanted.has(object) && !isOpen(object))
      : []
    for (const object of there) this.#seenMs.set(object, nowMs)
    const [lost] = this.#missing.tooLong(missing, {
      nowMs,
      limitMs: (object, sinceMs) =>
        world.wasFoughtOver(object, sinceMs) ? fightMs : this.#missingForMs(object),
    })
    if (lost !== undefined) this.#fail(`5: not there within a second: ${lost}`)
    const [stale] = this.#leftOver.tooLong(leftOver, {
      nowMs,
      limitMs: (object) => (object.includes('10900') ? backWithinMs : slowLookMs),
    })
    if (stale !== undefined) this.#fail(`4: still there: ${stale}`)
  }

  /** Nothing but deletions by others may hold it up, and a host that can't be read. */
  #nftStands(host: HostState, isWanted: boolean): void {
    const { world, clock, phase, isAble } = this.#situation
    const nowMs = clock.nowMs()
    const isBlamed = phase === 'running' && isAble && nowMs > world.nftUnreadUntilMs + unreadForMs
    const isMissing = isBlamed && isWanted && host.nft === null
    const [lost] = this.#missingNft.tooLong(isMissing ? ['nft'] : [], {
      nowMs,
      limitMs: (_, sinceMs) => (world.wasFoughtOver('nft', sinceMs) ? fightMs : backWithinMs),
    })
    if (lost !== undefined) this.#fail('5: not there within a second: the nft table')
  }

  /** Of what was deleted and hasn't been back, a second has passed already; else it begins now. */
  #missingForMs(object: string): number {
    const { world, clock } = this.#situation
    const deletedMs = world.wasDeletedMs(object)
    const wasBack = (this.#seenMs.get(object) ?? Number.NEGATIVE_INFINITY) > deletedMs
    return clock.nowMs() - deletedMs < 2_000 && !wasBack ? 250 : backWithinMs
  }

  /** What leads a family to its WAN, or to the one that new connections take for a moment. */
  #activeRule(family: Family, there: ReadonlySet<string>): string | null {
    const { world, snapshot, aside } = this.#situation
    const active = snapshot?.policies['default']?.[family === 'ipv4' ? 'wan' : 'wan6'] ?? null
    const rules = new Map(
      world.topology.places.map(({ name, table }) => [name, activeRule(family, table)]),
    )
    const own = rules.get(active ?? '') ?? null
    const isAvoided = active !== null && snapshot?.suspect.includes(active) === true
    // Of IPv6's sidesteps nobody keeps a book: any WAN that may be used will do.
    if (family === 'ipv6' && (isAvoided || aside?.from === active)) {
      const { use } = world.topology.settings.defaultPolicy
      const taken = use.map((name) => rules.get(name) ?? '').find((rule) => there.has(rule))
      return taken ?? own
    }
    return aside?.from === active ? (rules.get(aside?.to ?? '') ?? null) : own
  }

  /** A move is told once it stands; meanwhile others may delete the rule that leads to the new WAN. */
  #isMoving(family: Family, there: ReadonlySet<string>): boolean {
    const { world, clock, snapshot, isDisturbed, isHijacked } = this.#situation
    const active = snapshot?.policies['default']?.[family === 'ipv4' ? 'wan' : 'wan6'] ?? null
    const others = world.topology.places.filter(({ name }) => name !== active)
    const isMade = (rule: string) =>
      there.has(rule) || clock.nowMs() - world.wasDeletedMs(rule) < fightMs
    // A sidestep that began right before another program's rule is told when that rule is gone.
    return (
      (isDisturbed || isHijacked) && others.some(({ table }) => isMade(activeRule(family, table)))
    )
  }

  #toInternet(): { readonly client: RouteQuestion; readonly host: RouteQuestion } {
    const { client } = this.#situation.world.topology
    const packet = { family: 'ipv4', target: '198.51.100.7' } as const
    return { client: { ...packet, from: client.address, incoming: client.link }, host: packet }
  }

  #fail(text: string): void {
    this.#situation.fail(`invariant ${text}`)
  }
}

function leadsTo({ place, gateway }: Line, way: Way): boolean {
  return place.link === way.link && gateway === way.gateway
}

function objectsOf(host: HostState): Set<string> {
  const rules = host.rules.filter(({ protocol }) => protocol === ourProtocol).map(printRule)
  const routes = host.routes.filter(({ protocol }) => protocol === ourProtocol).map(printRoute)
  return new Set([...rules, ...routes, ...(host.nft === null ? [] : ['nft'])])
}

/** Policies' rules hang on their decisions, which have checks of their own. */
function isJudgedElsewhere(object: string): boolean {
  const priority = Number(/ rule (\d+):/.exec(object)?.[1])
  const { ownDefault, ownOther } = priorities
  // Whether this machine's own packets need a way beside the default hangs on them too.
  return (
    object === 'nft' || isUsePriority(priority) || priority === ownDefault || priority === ownOther
  )
}

/** What is not ours, the rules in their order; of routes the order says nothing. */
function print(objects: readonly object[]): string[] {
  const theirs = objects.filter((one) => !('protocol' in one) || one.protocol !== ourProtocol)
  const printed = theirs.map((one) => JSON.stringify(one))
  return 'priority' in (theirs[0] ?? {}) ? printed : printed.sort()
}

function describe(change: Change): string {
  const printed = 'rule' in change || 'route' in change
  return printed ? `${change.kind} ${printChanged(change)}` : change.kind
}

function printChanged(change: IpChange): string {
  return 'rule' in change ? printRule(change.rule) : printRoute(change.route)
}

/** From a change by others to the daemon's look at it. */
const noticeMs = 100
const backWithinMs = 1_000
/** What couldn't be read is read again each second. */
const unreadForMs = 1_100
/** An object that another program keeps deleting comes back every 30 s. */
const fightMs = 31_500
/** Linux doesn't report some changes; the daemon looks every 30 s anyway. */
const slowLookMs = 32_000
/** Ten, and one or two of the thirty-second kind; decisions to and fro in two families on top. */
const mostAdditions = 18
