/**
 * Answers the hello: a cookie for who asks with a house's key, and an address that counts for who
 * brings the cookie back inside the tunnel. Nothing goes out from here but answers, each as long as
 * its question, to whoever has proven a key; each question is good for one.
 */
import { timingSafeEqual } from 'node:crypto'
import { type HelloKey, hmac } from '../../kernel/tunnels/hello-key.ts'
import {
  cookieInput,
  type HelloOrigin,
  readHelloAnswer,
  writeHelloAnswer,
} from '../../model/tunnel/hello.ts'
import { proofInput, proofOf, readProvenQuestion } from '../../model/tunnel/hello-proof.ts'
import type { ProvenAddresses } from './proven-addresses.ts'

export interface KnownHouse {
  readonly name: string
  readonly hello: HelloKey
}

export interface HelloDeskParts {
  /** Random, of this process alone: cookies end with it. */
  readonly secret: Uint8Array
  readonly addresses: ProvenAddresses
}

interface Asked {
  latestMs: number
  /** When the questions of the last seconds were asked; two lines are not equally fast. */
  readonly recent: Set<number>
}

export class HelloDesk {
  readonly #parts: HelloDeskParts
  readonly #asked = new Map<string, Asked>()
  #houses: ReadonlyMap<number, KnownHouse> = new Map()

  constructor(parts: HelloDeskParts) {
    this.#parts = parts
  }

  /** A house with a key that it had before keeps what it has proven. */
  admit(houses: readonly KnownHouse[]): void {
    const admitted = new Map(houses.map((house) => [house.hello.house, house]))
    for (const { name, hello } of this.#houses.values()) {
      if (admitted.get(hello.house)?.name === name) continue
      this.#parts.addresses.forget(name)
      this.#asked.delete(name)
    }
    this.#houses = admitted
  }

  /** The answer; null: none is due. */
  answer(question: Uint8Array, origin: HelloOrigin, nowMs: number): Uint8Array | null {
    const read = readProvenQuestion(question)
    const house = read === null ? undefined : this.#houses.get(read.house)
    if (read === null || house === undefined) return null
    if (!isEqual(proofOf(question), hmac(house.hello.key, proofInput(question)))) return null
    if (!this.#isNew(house.name, read.askedAtMs)) return null
    const cookie = this.#cookie(origin, minuteOf(nowMs))
    return writeHelloAnswer({ ...origin, cookie, token: read.token })
  }

  /** An answer that came back inside the tunnel, from a house's address; whether it counts. */
  takeBack(answer: Uint8Array, house: string, nowMs: number): boolean {
    const read = readHelloAnswer(answer)
    if (read === null) return false
    const minute = minuteOf(nowMs)
    const good = [minute, minute - 1].some((one) => isEqual(read.cookie, this.#cookie(read, one)))
    const { address, port } = read
    return good && this.#parts.addresses.prove(house, { address, port }, nowMs)
  }

  #cookie(origin: HelloOrigin, minute: number): Uint8Array {
    return hmac(this.#parts.secret, cookieInput(origin, minute)).subarray(0, shortLength)
  }

  #isNew(house: string, askedAtMs: number): boolean {
    const asked = this.#asked.get(house) ?? { latestMs: askedAtMs, recent: new Set<number>() }
    if (askedAtMs <= asked.latestMs - lateMs || asked.recent.has(askedAtMs)) return false
    asked.latestMs = Math.max(asked.latestMs, askedAtMs)
    asked.recent.add(askedAtMs)
    for (const one of asked.recent) if (one <= asked.latestMs - lateMs) asked.recent.delete(one)
    this.#asked.set(house, asked)
    return true
  }
}

/** How much later than one by the other line a question may arrive: no line is that much slower. */
const lateMs = 5_000
const shortLength = 16

function minuteOf(nowMs: number): number {
  return Math.floor(nowMs / 60_000)
}

function isEqual(given: Uint8Array, whole: Uint8Array): boolean {
  return given.length === shortLength && timingSafeEqual(given, whole.subarray(0, shortLength))
}
