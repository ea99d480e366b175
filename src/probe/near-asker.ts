/**
 * Asks whoever is on a link of this host, as any program of its own does: by its rules, routes and
 * firewalls. And past all of them, whether somebody is there at all. IPv4 only.
 */
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { codeOf } from '../model/caught-error.ts'
import type { ProbeOutcome, ProbeRequest } from '../model/probe.ts'
import { ForgeryWatch } from './forgery-watch.ts'
import { IcmpProber } from './methods/icmp-prober.ts'
import { NeighbourProber } from './methods/neighbour-prober.ts'
import { loadLibc } from './sockets/libc.ts'

export interface NearQuestion {
  readonly address: string
  readonly link: string
  /** Where it listens; null: it is pinged. */
  readonly port: number | null
}

export interface NearAsker {
  /** Whether it answers a packet that takes the host's own way. */
  answers(question: NearQuestion): Promise<boolean>
  /** Whether it answers ARP on the link, which no rule of ours touches. */
  isThere(question: NearQuestion): Promise<boolean>
  close(): void
}

/** null: this process can't ask anybody like this. */
export function openNearAsker(): NearAsker | null {
  const loaded = loadLibc()
  if (loaded.kind === 'missing') return null
  const pings = new IcmpProber(1, loaded.libc, new ForgeryWatch(() => {}), () => unmarked)
  const neighbours = new NeighbourProber(loaded.libc)
  let id = 0
  const request = (method: ProbeRequest['method'], { address, link }: NearQuestion) => {
    id += 1
    return { id, wan: 0, method, family: 'ipv4', target: address, link, small: false } as const
  }
  return {
    answers: (question) =>
      question.port === null
        ? isAnswered(pings.ask(request('icmp', question)))
        : listens(question.address, question.port),
    isThere: (question) => isAnswered(neighbours.ask(request('neighbour', question))),
    close() {
      pings.close()
      neighbours.close()
    },
  }
}

async function isAnswered(outcome: Promise<ProbeOutcome | null>): Promise<boolean> {
  const first = await Promise.race([outcome, pause(answerMs, null, { ref: false })])
  return first?.kind === 'answered'
}

/** Who refuses a connection has answered. */
function listens(host: string, port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ host, port, timeout: answerMs })
  const settle = (answered: boolean): void => {
    socket.destroy()
    resolve(answered)
  }
  socket.once('connect', () => settle(true))
  socket.once('timeout', () => settle(false))
  socket.once('error', (error) => settle(codeOf(error) === 'ECONNREFUSED'))
  return promise
}

const unmarked = 0
/** Whoever is on the same link answers in a few milliseconds, a phone that sleeps in some hundred. */
const answerMs = 700
