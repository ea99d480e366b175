import type { Kernel } from '../kernel/port.ts'
import type { WanHealth } from '../model/health.ts'
import type { Log } from '../model/log.ts'
import type { Settings } from '../model/settings.ts'
import type { Uplink } from '../network/uplinks.ts'
import type { Prober } from '../probe/port.ts'
import type { Clock } from './clock.ts'
import type { EventQueue } from './event-queue.ts'

export interface FigureParts {
  readonly settings: Settings
  readonly clock: Clock
  readonly kernel: Kernel
  readonly prober: Prober
  readonly log: Log
  readonly queue: EventQueue
}

/** What is published of each WAN beside its health: its public address, the bytes it carried. */
export class WanFigures {
  readonly publicAddresses = new Map<string, string>()
  bytes: ReadonlyMap<string, { received: number; sent: number }> = new Map()
  readonly #parts: FigureParts
  readonly #askAtMs = new Map<string, number>()

  constructor(parts: FigureParts) {
    this.#parts = parts
  }

  /** A link that several WANs share counts for none of them. */
  async countBytes(uplinks: readonly Uplink[]): Promise<void> {
    const bytes = new Map<string, { received: number; sent: number }>()
    for (const { name, link } of uplinks) {
      const sharers = uplinks.filter((other) => other.link === link)
      const counted =
        link === null || sharers.length > 1 ? null : await this.#parts.kernel.linkBytes(link)
      if (counted !== null) bytes.set(name, counted)
    }
    this.bytes = bytes
  }

  /**
   * Asks for the public address of each WAN that has come up, and now and then afterwards; of a
   * metered one that stands by only when it has come up. The answer comes as an event.
   */
  askAddresses(healths: ReadonlyMap<string, WanHealth>, inUse: ReadonlySet<string>): void {
    const { settings, clock, prober, queue } = this.#parts
    const nowMs = clock.nowMs()
    for (const { name, index, metered } of settings.wans) {
      const state = healths.get(name)?.state
      if (state !== 'up' && state !== 'degraded') {
        this.#askAtMs.set(name, nowMs)
        continue
      }
      if (nowMs < (this.#askAtMs.get(name) ?? nowMs)) continue
      const rarely = metered && !inUse.has(name)
      this.#askAtMs.set(name, rarely ? Number.POSITIVE_INFINITY : nowMs + askEveryMs)
      prober
        .askPublicAddress(index)
        .catch(() => null)
        .then((address) => queue.push({ kind: 'public_address', wan: index, address }))
        .catch((error: unknown) => this.#parts.log.debug(String(error)))
    }
  }

  learnAddress(wan: number, address: string | null): void {
    const name = this.#parts.settings.wans[wan]?.name
    if (name === undefined || address === null) return
    const before = this.publicAddresses.get(name)
    if (before === address) return
    this.publicAddresses.set(name, address)
    const changed = before === undefined ? 'is' : `has changed from ${before} to`
    this.#parts.log.info(`the public address of ${name} ${changed} ${address}`)
  }
}

const askEveryMs = 600_000
