/**
 * By which addresses a house receives, as it has proven within the last half minute, and which two
 * of them get each packet. Pure bookkeeping: the time is an argument. It must never name an address
 * that nobody has proven, nor one address for two houses.
 */
import { type Family, families, familyOf } from '../../model/address.ts'
import { type HelloOrigin, helloLifeMs } from '../../model/tunnel/hello.ts'

/** What goes to one of them goes to the other one as well. */
export interface Twins {
  readonly house: string
  readonly family: Family
  readonly pair: readonly [HelloOrigin, HelloOrigin]
}

interface Proven {
  readonly house: string
  readonly origin: HelloOrigin
  readonly atMs: number
}

export class ProvenAddresses {
  readonly #proven = new Map<string, Proven>()

  /** Whether it counts: not where it is another house's for now. */
  prove(house: string, origin: HelloOrigin, nowMs: number): boolean {
    this.#forgetOld(nowMs)
    const key = keyOf(origin)
    const holder = this.#proven.get(key)
    if (holder !== undefined && holder.house !== house) return false
    this.#proven.delete(key)
    this.#proven.set(key, { house, origin, atMs: nowMs })
    // The oldest of them comes first. One that a NAT has given up is not proven again.
    const family = familyOf(origin.address)
    const [oldest, ...others] = this.#of(house, family)
    if (oldest !== undefined && others.length >= mostAddresses) {
      this.#proven.delete(keyOf(oldest.origin))
    }
    return true
  }

  /** Houses by name, and their addresses in an order that stays, so that equal ones are equal. */
  twins(nowMs: number): readonly Twins[] {
    this.#forgetOld(nowMs)
    const houses = [...new Set([...this.#proven.values()].map(({ house }) => house))].sort()
    return houses.flatMap((house) =>
      families.flatMap((family) => {
        const [one, other] = this.#of(house, family)
          .map(({ origin }) => origin)
          .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
        if (one === undefined || other === undefined) return []
        return [{ house, family, pair: [one, other] } satisfies Twins]
      }),
    )
  }

  /** When the next one stops to count; null: there is none. */
  nextEndMs(): number | null {
    const [oldest] = this.#proven.values()
    return oldest === undefined ? null : oldest.atMs + helloLifeMs
  }

  /** The house is gone, or has another key. */
  forget(house: string): void {
    for (const [key, proven] of this.#proven) if (proven.house === house) this.#proven.delete(key)
  }

  #of(house: string, family: Family): readonly Proven[] {
    return [...this.#proven.values()].filter(
      (proven) => proven.house === house && familyOf(proven.origin.address) === family,
    )
  }

  #forgetOld(nowMs: number): void {
    for (const [key, { atMs }] of this.#proven) {
      if (nowMs - atMs >= helloLifeMs) this.#proven.delete(key)
    }
  }
}

/** A packet goes on two lines; a third copy would cost a third more and gain little. */
const mostAddresses = 2

function keyOf({ address, port }: HelloOrigin): string {
  return `${address} ${port}`
}
