/**
 * Tunnels: which line carries each, whether its device stands, and why nobody answers in it. A change
 * of the line is a rule of the plan; once it stands, the server hears of it by a packet at once.
 */
import { isAnswering, isSuspect, rank } from '../../decision/rank.ts'
import { chooseRide, type RideChoice } from '../../decision/ride.ts'
import type { DaemonEvent } from '../../model/event.ts'
import type { WanHealth } from '../../model/health.ts'
import type { HostState } from '../../model/host.ts'
import type { Log } from '../../model/log.ts'
import type { TunnelSnapshot } from '../../model/published/snapshot.ts'
import { everyPolicy } from '../../model/settings/every-policy.ts'
import type { Settings, WanSettings } from '../../model/settings/settings.ts'
import { endpointText } from '../../model/tunnel/endpoint.ts'
import { standingRides } from '../../network/rules/ride-rows.ts'
import type { Ride } from '../../network/wanted.ts'
import type { Concern, Decided, Figures, Seen, Wishes } from '../concern.ts'
import type { Errand } from '../errand.ts'
import { L2tpTunnel, type L2tpWan } from '../tunnels/l2tp-tunnel.ts'
import { TunnelDevice, type TunnelWan } from '../tunnels/tunnel-device.ts'

export class Tunnels implements Concern {
  readonly #settings: Settings
  readonly #log: Log
  readonly #tunnels: readonly Tunnel[]
  #isActive = false
  #isNews = false

  constructor(settings: Settings, log: Log) {
    this.#settings = settings
    this.#log = log
    this.#tunnels = settings.wans.flatMap((wan) => (isTunnel(wan) ? [newTunnel(wan, log)] : []))
  }

  start(host: HostState): readonly Errand[] {
    for (const { tunnel, line } of standingRides(this.#settings, host)) {
      const found = this.#tunnels.find(({ wan }) => wan.name === tunnel)
      if (found === undefined || line === null) continue
      found.choice = { line, reason: `${line} carried it at the start`, wakeAtMs: forEver }
      found.told = line
    }
    return []
  }

  take(event: DaemonEvent, { nowMs }: Seen): boolean {
    if (event.kind !== 'tunnel' && event.kind !== 'dialled') return false
    const device = this.#tunnels.find(({ wan }) => wan.name === event.tunnel)?.device
    if (device instanceof L2tpTunnel) return device.take(event.report, nowMs)
    return event.kind === 'tunnel' && device?.take(event.report, nowMs) === true
  }

  wishes(decided: Decided): Wishes {
    if (this.#tunnels.length === 0) return {}
    for (const tunnel of this.#tunnels) {
      this.#choose(tunnel, decided)
      tunnel.ride = this.#rideOf(tunnel, decided)
    }
    return { rides: this.#tunnels.map(({ ride }) => ride) }
  }

  afterwards(decided: Decided, stands: boolean): readonly Errand[] {
    this.#isActive = decided.active
    if (!decided.active) return []
    return this.#tunnels.flatMap((tunnel) => {
      const { wan, choice, device, told } = tunnel
      const errands = device.due(tunnel.ride, decided, stands)
      if (!stands || told === choice.line || choice.line === null) return errands
      tunnel.told = choice.line
      // The keeper has told it when the rule was set; should that have gone wrong, this is for sure.
      return [{ kind: 'nudge_tunnel', tunnel: wan.name }, ...errands]
    })
  }

  wakeAtMs(): number {
    if (!this.#isActive) return forEver
    const times = this.#tunnels.flatMap(({ choice, device, shunned }) => [
      choice.wakeAtMs,
      device.wakeAtMs,
      ...shunned.values(),
    ])
    return Math.min(...times)
  }

  problems(): readonly string[] {
    return this.#tunnels.flatMap(({ device }) => device.problem ?? [])
  }

  figures(): Figures {
    if (this.#tunnels.length === 0) return {}
    const figures = this.#tunnels.map((tunnel) => [tunnel.wan.name, snapshotOf(tunnel)])
    return { tunnels: Object.fromEntries(figures) }
  }

  hasNews(): boolean {
    const isNews = this.#isNews
    this.#isNews = false
    return isNews
  }

  #choose(tunnel: Tunnel, decided: Decided): void {
    const { wan, choice } = tunnel
    const { healths, decision, nowMs, capped = new Set() } = decided
    for (const [line, untilMs] of tunnel.shunned) {
      if (untilMs <= nowMs) tunnel.shunned.delete(line)
    }
    this.#shun(tunnel, decided)
    const { tunnel: settings } = wan
    const next = chooseRide({
      allowed: settings.over.filter((line) =>
        mayCarry(line, wan, { settings: this.#settings, capped }),
      ),
      healths: healths.ipv4,
      current: choice.line,
      mode: decision.mode,
      test: decision.test,
      shunned: new Set(tunnel.shunned.keys()),
      costly: isDialled(wan) ? new Set(settings.over) : this.#costly(healths.ipv4.get(wan.name)),
      nowMs,
    })
    tunnel.choice = next
    if (next.line === choice.line) return
    tunnel.sinceMs = nowMs
    this.#isNews = true
    // A line that was left for its silence has to speak for a while.
    if (choice.line !== null && isSuspect(healths.ipv4.get(choice.line))) {
      tunnel.shunned.set(choice.line, nowMs + shunnedForMs)
    }
    const from = choice.line === null ? '' : ` instead of ${choice.line}`
    this.#log.info(`${next.line ?? 'no line'} carries ${wan.name}${from}: ${next.reason}`)
  }

  #rideOf({ wan, choice }: Tunnel, { healths, capped = new Set() }: Decided): Ride {
    const ride = { tunnel: wan.name, line: choice.line }
    const { mode, over, bothMetered } = wan.tunnel
    if (mode !== 'both' || choice.line === null) return ride
    const others = over.filter((line) => {
      const isMetered = this.#settings.wans.some((one) => one.name === line && one.metered)
      return line !== choice.line && (!isMetered || bothMetered) && !capped.has(line)
    })
    // One that is dead may come back at any moment, and nothing is lost by a copy until then.
    const second = others.find((line) => rank(healths.ipv4.get(line)) > 0) ?? others[0]
    return second === undefined ? ride : { ...ride, second }
  }

  /** As for everybody's new connections; once nobody answers in the tunnel it is no mere doubt. */
  #costly(health: WanHealth | undefined): ReadonlySet<string> {
    const { wans, sidestep } = this.#settings
    if (health?.state === 'down' || sidestep === 'always') return new Set()
    const lines = wans.filter(({ metered }) => metered || sidestep === 'off')
    return new Set(lines.map(({ name }) => name))
  }

  /**
   * Its own probes are silent, whatever the line's say: another line may do. A server that is dead
   * is looked for by all of them in turn, ever less often.
   */
  #shun(tunnel: Tunnel, { healths, nowMs }: Decided): void {
    const { wan, choice, device } = tunnel
    const sinceMs = Math.max(tunnel.sinceMs, device.standsSinceMs)
    const health = healths.ipv4.get(wan.name)
    if (rank(health) > 0 && !isSuspect(health)) {
      tunnel.tries = 0
      return
    }
    // It has begun to answer by this line, and only has to go on until it counts as up.
    if (rank(health) === 0 && isAnswering(health)) return
    // Dialling costs more than a moment: a mere doubt is no reason for it.
    const isDoubted = isSuspect(health) && !isDialled(wan)
    const isSilent = isDoubted || (health?.state === 'down' && device.isStanding)
    // Who has just fallen silent is not waited for; who never spoke may still be shaking hands.
    const isFresh = isSuspect(health) && tunnel.tries === 0
    const waitMs = isFresh ? 0 : Math.min(tryForMs * 2 ** tunnel.tries, longestTryMs)
    if (!isSilent || choice.line === null || nowMs < sinceMs + waitMs) return
    const others = wan.tunnel.over.filter(
      (line) => line !== choice.line && rank(healths.ipv4.get(line)) > 0,
    )
    if (others.length === 0) return
    tunnel.tries += 1
    tunnel.shunned.clear()
    tunnel.shunned.set(choice.line, nowMs + shunnedForMs)
  }
}

type AnyTunnelWan = TunnelWan | L2tpWan

interface Tunnel {
  readonly wan: AnyTunnelWan
  readonly device: TunnelDevice | L2tpTunnel
  choice: RideChoice
  ride: Ride
  /** When this line began to carry it. */
  sinceMs: number
  /** The line by which the server was told where we are. */
  told: string | null
  /** The lines by which it has been silent, and until when they are left out. */
  readonly shunned: Map<string, number>
  /** How many lines were tried since anybody has answered in it. */
  tries: number
}

function newTunnel(wan: AnyTunnelWan, log: Log): Tunnel {
  const choice = { line: null, reason: 'nothing is decided yet', wakeAtMs: forEver }
  const device = isDialled(wan) ? new L2tpTunnel(wan, log) : new TunnelDevice(wan, log)
  const ride = { tunnel: wan.name, line: null }
  return { wan, device, choice, ride, sinceMs: 0, told: null, shunned: new Map(), tries: 0 }
}

function snapshotOf({ wan, choice, ride, device }: Tunnel): TunnelSnapshot {
  const { handshakeMs } = device
  return {
    line: choice.line,
    ...(ride.second === undefined ? {} : { second: ride.second }),
    reason: device.problem ?? choice.reason,
    over: wan.tunnel.over,
    endpoint: endpointText(wan.tunnel.endpoint),
    public_key: device.publicKey,
    handshake_at: handshakeMs === null ? null : new Date(handshakeMs).toISOString(),
  }
}

function isTunnel(wan: WanSettings): wan is AnyTunnelWan {
  return wan.tunnel !== undefined
}

function isDialled(wan: AnyTunnelWan): wan is L2tpWan {
  return wan.tunnel.kind === 'l2tp'
}

interface Circumstances {
  readonly settings: Settings
  readonly capped: ReadonlySet<string>
}

/** A line that costs money carries it where the user has said so, or a policy of its may use it. */
function mayCarry(
  name: string,
  tunnel: AnyTunnelWan,
  { settings, capped }: Circumstances,
): boolean {
  const line = settings.wans.find((one) => one.name === name)
  const users = everyPolicy(settings).filter(({ use }) => use.includes(tunnel.name))
  const isMeant = tunnel.tunnel.overGiven || users.some(({ use }) => use.includes(name))
  if (line?.metered === true && !isMeant) return false
  return !capped.has(name) || users.some(({ overCap }) => overCap)
}

const forEver = Number.POSITIVE_INFINITY
/** Lines that stutter do so for a while. */
const shunnedForMs = 10_000
/** A handshake by a new line takes some round trips; WireGuard asks again after 5 s. */
const tryForMs = 3_000
const longestTryMs = 60_000
