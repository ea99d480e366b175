/**
 * The public address of each WAN: asks for it when the WAN has come up, and now and then
 * afterwards; for a metered one on standby only when it has come up.
 */
import type { DaemonEvent } from '../../model/event.ts'
import type { Log } from '../../model/log.ts'
import type { Settings } from '../../model/settings/settings.ts'
import type { Concern, Decided, Figures } from '../concern.ts'
import type { Errand } from '../errand.ts'

export class PublicAddresses implements Concern {
  readonly #settings: Settings
  readonly #log: Log
  /** By WAN name. */
  #addresses: ReadonlyMap<string, string> = new Map()
  readonly #askAtMs = new Map<string, number>()
  #wakeAtMs = Number.POSITIVE_INFINITY

  constructor(settings: Settings, log: Log) {
    this.#settings = settings
    this.#log = log
  }

  wakeAtMs(): number {
    return this.#wakeAtMs
  }

  take(event: DaemonEvent): boolean {
    if (event.kind !== 'public_address') return false
    this.#learn(event.wan, event.address)
    return true
  }

  afterwards({ active, healths, inUse, nowMs }: Decided): readonly Errand[] {
    if (!active) return []
    const errands: Errand[] = []
    this.#wakeAtMs = Number.POSITIVE_INFINITY
    for (const { name, index, metered } of this.#settings.wans) {
      const state = healths.ipv4.get(name)?.state
      if (state !== 'up' && state !== 'degraded') {
        this.#askAtMs.set(name, nowMs)
        continue
      }
      if (nowMs >= (this.#askAtMs.get(name) ?? nowMs)) {
        const rarely = metered && !inUse.has(name)
        this.#askAtMs.set(name, rarely ? Number.POSITIVE_INFINITY : nowMs + askEveryMs)
        errands.push({ kind: 'ask_public_address', wan: index })
      }
      this.#wakeAtMs = Math.min(this.#wakeAtMs, this.#askAtMs.get(name) ?? Number.POSITIVE_INFINITY)
    }
    return errands
  }

  figures(): Figures {
    return { publicAddresses: this.#addresses }
  }

  #learn(wan: number, address: string | null): void {
    const name = this.#settings.wans[wan]?.name
    if (name === undefined || address === null) return
    const before = this.#addresses.get(name)
    if (before === address) return
    this.#addresses = new Map([...this.#addresses, [name, address]])
    const changed = before === undefined ? 'is' : `has changed from ${before} to`
    this.#log.info(`the public address of ${name} ${changed} ${address}`)
  }
}

const askEveryMs = 600_000
