import type { Kernel } from '../kernel/port.ts'
import type { Settings } from '../model/settings.ts'
import { counterName } from '../network/nft/chains/metering-chains.ts'
import type { Clock } from './clock.ts'
import type { WanBoard } from './wan-board.ts'

export interface IncomingWatchParts {
  readonly settings: Settings
  readonly clock: Clock
  readonly kernel: Kernel
  readonly board: WanBoard
}

interface Way {
  readonly wan: number
  readonly name: string
  readonly link: string
}

/**
 * Hears whether traffic comes in by a metered WAN in use, by the bytes of its link: then its own
 * traffic shows that it is alive, and probes can be saved. It listens only where the link carries
 * the Internet and hardly anything else: a LAN's packets say nothing about the line.
 */
export class IncomingWatch {
  readonly #parts: IncomingWatchParts
  #lookAtMs = 0
  #inUse: ReadonlySet<string> = new Set()
  /** By link, its bytes at the last look. */
  #looked = new Map<string, number>()
  /** By WAN, its link's and its counter's bytes at the last comparison. */
  #compared = new Map<string, { readonly link: number; readonly counter: number }>()
  readonly #trusted = new Set<string>()

  constructor(parts: IncomingWatchParts) {
    this.#parts = parts
  }

  get wakeAtMs(): number {
    return this.#ways().some(({ name }) => this.#trusted.has(name))
      ? this.#lookAtMs
      : Number.POSITIVE_INFINITY
  }

  /** Once a turn, before anybody is judged. */
  async look(inUse: ReadonlySet<string>): Promise<void> {
    const { clock, kernel, board } = this.#parts
    this.#inUse = inUse
    const nowMs = clock.nowMs()
    if (nowMs < this.#lookAtMs) return
    const ways = this.#ways().filter(({ name }) => this.#trusted.has(name))
    if (ways.length === 0) return
    this.#lookAtMs = nowMs + lookEveryMs
    const looked = new Map<string, number>()
    for (const { wan, link } of ways) {
      const bytes = await kernel.linkBytes(link)
      if (bytes === null) continue
      looked.set(link, bytes.received)
      const more = bytes.received - (this.#looked.get(link) ?? bytes.received)
      if (more >= leastBytes) board.heard(wan, nowMs)
    }
    this.#looked = looked
  }

  /** How much of what came in by the link the Internet had sent, as nft has counted it. */
  async compare(counters: ReadonlyMap<string, number>): Promise<void> {
    const compared = new Map<string, { link: number; counter: number }>()
    for (const { name, link } of this.#ways()) {
      const counter = counters.get(counterName('received', name))
      const bytes = await this.#parts.kernel.linkBytes(link)
      if (counter === undefined || bytes === null) continue
      const now = { link: bytes.received, counter }
      compared.set(name, now)
      const before = this.#compared.get(name)
      if (before === undefined || now.link - before.link < enoughBytes) continue
      const share = (now.counter - before.counter) / (now.link - before.link)
      if (share >= leastShare) this.#trusted.add(name)
      else this.#trusted.delete(name)
    }
    this.#compared = compared
  }

  #ways(): Way[] {
    const { settings, board } = this.#parts
    return board.uplinks.flatMap(({ index, name, link }) => {
      if (link === null || settings.wans[index]?.metered !== true || !this.#inUse.has(name)) {
        return []
      }
      const alone = board.uplinks.every((other) => other.index === index || other.link !== link)
      return alone ? [{ wan: index, name, link }] : []
    })
  }
}

const lookEveryMs = 100
/** Between two looks, 32 kbit/s: a gateway's own few words about a dead line are less. */
const leastBytes = 400
/** Less than this says nothing about who sends. */
const enoughBytes = 10_000
/** The rest is link-layer headers, of which nft counts none: 14 bytes to the 52 of a bare TCP answer. */
const leastShare = 0.75
