/**
 * Notices, while a WAN is under suspicion, that much leaves by its link and nothing comes in: then no
 * late answer is under way either. It looks only at a link that one WAN has to itself, and only as
 * long as the suspicion lasts.
 */
import type { LinkBytes } from '../model/host.ts'
import type { Uplink } from '../model/uplink.ts'

interface Look {
  readonly link: string
  readonly bytes: LinkBytes
  readonly atMs: number
}

export class LinkWatch {
  #lookAtMs = Number.NEGATIVE_INFINITY
  #suspects: readonly Uplink[] = []
  /** By the WAN's position, the first look since its suspicion began. */
  readonly #first = new Map<number, Look>()

  /** The links whose bytes are to be read now, of the WANs under suspicion. */
  linksToRead(suspects: readonly Uplink[], nowMs: number): readonly string[] {
    this.#suspects = suspects.filter(({ link, sharesLink }) => link !== null && !sharesLink)
    for (const wan of this.#first.keys()) {
      if (!this.#suspects.some(({ index }) => index === wan)) this.#first.delete(wan)
    }
    if (nowMs < this.#lookAtMs || this.#suspects.length === 0) return []
    this.#lookAtMs = nowMs + lookEveryMs
    return this.#suspects.map(({ link }) => link).filter((link) => link !== null)
  }

  /** The positions of the WANs by whose links nothing comes in, though much leaves. */
  mute(bytes: ReadonlyMap<string, LinkBytes>, nowMs: number): readonly number[] {
    return this.#suspects.flatMap(({ index, link }) => {
      const read = link === null ? undefined : bytes.get(link)
      if (link === null || read === undefined) return []
      const look = { link, bytes: read, atMs: nowMs }
      const first = this.#first.get(index)
      if (first?.link !== link) this.#first.set(index, look)
      return first?.link === link && isMute(first, look) ? [index] : []
    })
  }
}

function isMute(first: Look, last: Look): boolean {
  const forS = (last.atMs - first.atMs) / 1_000
  if (forS < leastS) return false
  const receivedPerS = (last.bytes.received - first.bytes.received) / forS
  const sentPerS = (last.bytes.sent - first.bytes.sent) / forS
  return receivedPerS <= mostReceivedPerS && sentPerS >= leastSentPerS
}

const lookEveryMs = 50
/** A line that carries anything pauses for less, but for a hiccup. */
const leastS = 0.3
/** Bytes: a gateway's answers to our ARP questions are half of this. */
const mostReceivedPerS = 2_000
/** Bytes: the probes of a suspicion are less than half of this, a call is about as much. */
const leastSentPerS = 16_000
