/** A house in a guest that keeps its address by a tunnel; see `tunnel-house.sh`. */
import assert from 'node:assert/strict'
import { type Guest, sources } from './guest.ts'

const house = `${sources}/test/guest/tunnel-house.sh`
const ways = ['outward', 'inward'] as const

export class TunnelSteps {
  readonly #guest: Guest
  readonly #kind: 'l2tp' | 'wireguard'

  constructor(guest: Guest, kind: 'l2tp' | 'wireguard') {
    this.#guest = guest
    this.#kind = kind
  }

  /** Resolves with what the step prints; rejects where it can't be done. */
  step(...words: readonly string[]): Promise<string> {
    return this.#guest.run('sh', house, this.#kind, ...words)
  }

  /** Both connections have come back whole so far, and do so again; the longest waits. */
  async goOn(): Promise<string> {
    await this.step('goes_on')
    const waits: string[] = []
    for (const way of ways) {
      const [, longestMs, ...end] = (await this.step('heard', way)).split(' ')
      assert.equal(end.join(' '), 'fine', way)
      waits.push(`${longestMs} ms ${way}`)
    }
    return `at most without an answer: ${waits.join(', ')}`
  }

  /** Line 1 dies and comes back; what it cost. */
  async changeLine(): Promise<string> {
    await this.step('silence', '1')
    await this.step('by_line', '2')
    const cost = await this.goOn()
    await this.step('mend')
    await this.step('by_line', '1')
    await this.goOn()
    return cost
  }
}
