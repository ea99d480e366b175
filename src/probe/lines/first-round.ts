/**
 * One round of questions by several lines before any rule of ours keeps a probe on its line: each
 * goes to the gateway's MAC, past rules and routes. It changes nothing on this host.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { macBytes, textOf } from '../../model/address-bytes.ts'
import type { SearchedLink } from '../../model/line-search.ts'
import { loadLibc } from '../sockets/libc.ts'
import { PacketExchange } from './packet-exchange.ts'

export interface FirstQuestion {
  readonly wan: string
  readonly link: SearchedLink
  /** The host's address that it is asked from. */
  readonly own: string
  /** null: what is sent into the link is on its way. */
  readonly gateway: string | null
  /** IPv4. */
  readonly targets: readonly string[]
}

/** By which WANs somebody on the Internet has answered. */
export async function firstRound(
  questions: readonly FirstQuestion[],
  dnsName: string,
): Promise<ReadonlySet<string>> {
  const load = loadLibc()
  if (load.kind === 'missing' || questions.length === 0) return new Set()
  const arrivals = new Map<string, (hardware: Buffer) => void>()
  const links = questions.map(({ link }) => link)
  const opened = await PacketExchange.open(load.libc, links, {
    onArp: ({ sender }) => arrivals.get(textOf(sender.ip))?.(Buffer.from(sender.hardware)),
    onRouter() {},
  })
  if (opened.kind === 'failed') return new Set()
  const exchange = opened.value
  try {
    const asked = questions.map(async (question) => {
      const hardware = await hardwareOf(question, { exchange, arrivals })
      const answers = hardware !== null && (await ask(question, { exchange, hardware, dnsName }))
      return answers ? [question.wan] : []
    })
    return new Set((await Promise.all(asked)).flat())
  } finally {
    exchange.close()
  }
}

interface Finding {
  readonly exchange: PacketExchange
  readonly arrivals: Map<string, (hardware: Buffer) => void>
}

/** Of the neighbour to send to; null: it isn't there. */
async function hardwareOf(
  { link, own, gateway }: FirstQuestion,
  { exchange, arrivals }: Finding,
): Promise<Buffer | null> {
  if (link.mac === null) return Buffer.alloc(0)
  if (gateway === null) return macBytes(link.mac)
  const { promise, resolve } = Promise.withResolvers<Buffer | null>()
  arrivals.set(gateway, resolve)
  for (let attempt = 0; attempt < arpAttempts; attempt += 1) {
    exchange.askWhoHas(link, own, gateway)
    const found = await Promise.race([promise, pause(arpMs, null)])
    if (found !== null) return found
  }
  return null
}

interface Asking {
  readonly exchange: PacketExchange
  readonly hardware: Buffer
  readonly dnsName: string
}

/** The first answer is enough. */
async function ask(
  { link, own, targets }: FirstQuestion,
  { exchange, hardware, dnsName }: Asking,
): Promise<boolean> {
  const way = { link, own, hardware }
  const question = { name: dnsName, type: 'A', class: 'IN' } as const
  const asked = targets.flatMap((target) => [
    exchange.echo(way, target, { ttl: 64, waitMs: answerMs }).then(({ kind }) => kind === 'reply'),
    exchange.ask(way, target, { question, waitMs: answerMs }).then((heard) => heard !== null),
  ])
  return new Promise((resolve) => {
    for (const one of asked) void one.then((isAnswer) => isAnswer && resolve(true))
    void Promise.all(asked).then(() => resolve(false))
  })
}

const arpAttempts = 3
const arpMs = 250
/** As long as an answer may take on the slowest lines that anybody would use. */
const answerMs = 1_000
