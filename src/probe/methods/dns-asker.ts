/**
 * Asks DNS servers through a WAN, each question from a UDP socket of its own: bound to a port that
 * a rule sends to the WAN's table, and connected, so that the kernel drops what comes from others.
 * Without such a port it sends nothing: the kernel would pick a port that no rule pins.
 *
 * An answer counts if it proves that its sender has seen the question. The port is one of 100, the
 * id one of 65,536, and `dns.google` has nine letters, each in either case: 31 bits. A host on the
 * LAN that sees nothing and forges 70,000 answers a second for one second, all of them in the name
 * of the right server, hits an open question once in 48,000 such seconds. What it sends to the right
 * port reaches us, about 700 a second: little work, and each question has a queue of its own, so that
 * none of it delays or displaces the answer to another one.
 */
import { probePorts } from '../../model/marks.ts'
import type { ForgeryWatch } from '../forgery-watch.ts'
import { freePort } from '../free-port.ts'
import { RandomPool } from '../random-pool.ts'
import { type DnsAnswer, type DnsAsk, OpenDnsQuestion } from './open-dns-question.ts'

export class DnsAsker {
  readonly #forgeries: ForgeryWatch
  readonly #random = new RandomPool()
  /** By WAN and family: the open questions by their ports, the oldest first. */
  readonly #held = new Map<string, Map<number, OpenDnsQuestion>>()
  #closed = false

  constructor(forgeries: ForgeryWatch) {
    this.#forgeries = forgeries
  }

  /** Null where nobody answers within ten seconds. */
  ask(ask: DnsAsk): Promise<DnsAnswer | null> {
    const { promise, resolve: settle } = Promise.withResolvers<DnsAnswer | null>()
    if (this.#closed) settle(null)
    else this.#start(ask, { settle, busy: new Set() })
    return promise
  }

  close(): void {
    this.#closed = true
    for (const held of this.#held.values()) {
      for (const open of held.values()) open.end(null)
    }
  }

  /** `busy`: the ports that other programs were found to hold. */
  #start(ask: DnsAsk, { settle, busy }: Waiting): void {
    const held = this.#heldBy(ask)
    const range = probePorts(ask.wan)
    const { first, last } = range
    if (held.size + busy.size > last - first) held.values().next().value?.end(null)
    const port = freePort(range, (one) => held.has(one) || busy.has(one))
    if (port === null) {
      const reason = `other programs hold all UDP ports from ${first} to ${last}`
      settle({ kind: 'unsent', reason })
      return
    }
    const open = new OpenDnsQuestion(ask, {
      port,
      random: this.#random,
      forgeries: this.#forgeries,
      ended: (answer) => {
        held.delete(port)
        if (answer === 'port_taken') this.#start(ask, { settle, busy: busy.add(port) })
        else settle(answer)
      },
    })
    held.set(port, open)
    open.start()
  }

  #heldBy({ wan, family }: DnsAsk): Map<number, OpenDnsQuestion> {
    const key = `${wan} ${family}`
    const known = this.#held.get(key) ?? new Map<number, OpenDnsQuestion>()
    this.#held.set(key, known)
    return known
  }
}

interface Waiting {
  readonly settle: (answer: DnsAnswer | null) => void
  readonly busy: Set<number>
}
