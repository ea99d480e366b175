/**
 * Notices whether traffic comes in by a metered WAN in use, by the bytes of its link: its own
 * traffic then shows that it is alive, and probes can be saved. It listens only where the link
 * carries the Internet and hardly anything else: a LAN's packets say nothing about the line.
 */
import type { DaemonEvent } from '../../model/event.ts'
import type { LinkBytes } from '../../model/host.ts'
import type { Settings } from '../../model/settings/settings.ts'
import { counterName } from '../../network/nft/chains/metering-chains.ts'
import type { Concern, Evidence, Seen } from '../concern.ts'

/** A metered WAN in use that has its link to itself. */
interface Listened {
  readonly wan: number
  readonly name: string
  readonly link: string
}

export class IncomingTraffic implements Concern {
  readonly #settings: Settings
  #lookAtMs = 0
  #listened: readonly Listened[] = []
  #heard: readonly number[] = []
  /** What nft has counted, until the links' bytes are there to compare with. */
  #counters: ReadonlyMap<string, number> | null = null
  /** By link, the bytes received at the last look. */
  #looked: ReadonlyMap<string, number> = new Map()
  /** By WAN, its link's and its counter's bytes at the last comparison. */
  #compared: ReadonlyMap<string, { readonly link: number; readonly counter: number }> = new Map()
  /** The WANs whose links carry the Internet. */
  readonly #trusted = new Set<string>()

  constructor(settings: Settings) {
    this.#settings = settings
  }

  wakeAtMs(): number {
    return this.#listened.some(({ name }) => this.#trusted.has(name))
      ? this.#lookAtMs
      : Number.POSITIVE_INFINITY
  }

  take(event: DaemonEvent, seen: Seen): boolean {
    if (event.kind === 'counters') this.#counters = event.counters ?? new Map()
    if (event.kind === 'link_bytes') this.#takeBytes(event.bytes, seen.nowMs)
    return false
  }

  linksToRead(seen: Seen): readonly string[] {
    this.#listened = this.#listenedOf(seen)
    const due = seen.nowMs >= this.#lookAtMs
    return this.#listened
      .filter(({ name }) => this.#counters !== null || (due && this.#trusted.has(name)))
      .map(({ link }) => link)
  }

  evidence(): Evidence {
    const heard = this.#heard
    this.#heard = []
    return { heard }
  }

  #takeBytes(bytes: ReadonlyMap<string, LinkBytes>, nowMs: number): void {
    if (this.#counters !== null) this.#compare(this.#counters, bytes)
    this.#counters = null
    const trusted = this.#listened.filter(({ name }) => this.#trusted.has(name))
    if (nowMs < this.#lookAtMs || trusted.length === 0) return
    this.#lookAtMs = nowMs + lookEveryMs
    const looked = new Map<string, number>()
    const heard: number[] = []
    for (const { wan, link } of trusted) {
      const received = bytes.get(link)?.received
      if (received === undefined) continue
      looked.set(link, received)
      if (received - (this.#looked.get(link) ?? received) >= leastBytes) heard.push(wan)
    }
    this.#looked = looked
    this.#heard = heard
  }

  /** How much of what came in by the link the Internet had sent, as nft has counted it. */
  #compare(counters: ReadonlyMap<string, number>, bytes: ReadonlyMap<string, LinkBytes>): void {
    const compared = new Map<string, { link: number; counter: number }>()
    for (const { name, link } of this.#listened) {
      const counter = counters.get(counterName('received', name))
      const received = bytes.get(link)?.received
      if (counter === undefined || received === undefined) continue
      const now = { link: received, counter }
      compared.set(name, now)
      const before = this.#compared.get(name)
      if (before === undefined || now.link - before.link < enoughBytes) continue
      const share = (now.counter - before.counter) / (now.link - before.link)
      if (share >= leastShare) this.#trusted.add(name)
      else this.#trusted.delete(name)
    }
    this.#compared = compared
  }

  #listenedOf({ uplinks, inUse }: Seen): Listened[] {
    return uplinks.flatMap(({ index, name, link, sharesLink }) => {
      const metered = this.#settings.wans[index]?.metered === true
      if (link === null || sharesLink || !metered || !inUse.has(name)) return []
      return [{ wan: index, name, link }]
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
