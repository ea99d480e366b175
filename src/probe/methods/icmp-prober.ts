/**
 * Pings: a marked raw socket for each WAN and family sends; one for each family receives all
 * answers, so that an answer wakes the process once however many WANs there are. Where it can't
 * mark a socket it sends nothing. An answer that doesn't prove our question is none, and no refusal
 * either.
 */
import { randomInt } from 'node:crypto'
import ipaddr from 'ipaddr.js'
import { type ByFamily, byFamily, type Family, families } from '../../model/address.ts'
import { probeMark } from '../../model/marks.ts'
import { type ProbeOutcome, type ProbeRequest, unsent } from '../../model/probe.ts'
import type { ForgeryWatch } from '../forgery-watch.ts'
import { cookieBytes, type EchoQuestion, provesQuestion } from '../messages/echo-proof.ts'
import {
  answerTypes,
  decodeAnswer,
  encodeEchoRequest,
  type IcmpAnswer,
} from '../messages/icmp-message.ts'
import { RandomPool } from '../random-pool.ts'
import type { Libc } from '../sockets/libc.ts'
import { attachFilter, onlyEchoIds, sampleEvery } from '../sockets/packet-filter.ts'
import {
  listenRaw,
  type Opened,
  openMarkedSender,
  openRaw,
  RawListener,
  type RawReader,
  setFilter,
  socketAddress,
} from '../sockets/raw-socket.ts'
import { sendFailure } from '../sockets/send-failure.ts'
import type { MethodProber } from './method-prober.ts'
import { memoryMs, type RecentQuestion, RecentQuestions } from './recent-questions.ts'

export class IcmpProber implements MethodProber {
  readonly #libc: Libc
  readonly #forgeries: ForgeryWatch
  readonly #markOf: (wan: number) => number
  readonly #random = new RandomPool()
  readonly #paths = new Map<number, Path>()
  readonly #listeners: ByFamily<RawListener>

  /** @param markOf by which packets leave; each WAN's probe mark where it is left out */
  constructor(
    wans: number,
    libc: Libc,
    forgeries: ForgeryWatch,
    markOf: (wan: number) => number = probeMark,
  ) {
    this.#markOf = markOf
    this.#libc = libc
    this.#forgeries = forgeries
    this.#listeners = byFamily(
      (family) =>
        new RawListener(
          () => openListener(libc, family, this.#idsOf(family)),
          (packet, from) => this.#receive(family, packet, from),
        ),
    )
    for (let wan = 0; wan < wans; wan += 1) {
      for (const family of families) this.#addPath(wan, family)
    }
  }

  async ask(request: ProbeRequest): Promise<ProbeOutcome | null> {
    const path = this.#pathOf(request)
    if (path === undefined) return unsent(`no WAN ${request.wan}`)
    const listener = this.#listeners[path.family].listen()
    if (listener.kind === 'failed') return unsent(listener.reason)
    const sender = this.#openSender(path)
    if (sender.kind === 'failed') return unsent(sender.reason)
    const sequence = freeSequence(path.recent)
    const { family } = path
    const target = bytesOf(request.target)
    const payload = request.small
      ? nothing
      : Buffer.concat([this.#random.take(cookieBytes), padding])
    const message = encodeEchoRequest({ family, id: path.id, sequence, payload })
    const sentMs = performance.now()
    path.askedAtMs.set(target.toString('hex'), sentMs)
    if (this.#libc.sendto(sender.value, message, socketAddress(request.target)) < 0) {
      const code = this.#libc.errorCode()
      if (!passingErrors.has(code)) this.#closeSender(path)
      return unsent(sendFailure(code))
    }
    const question = { family, target, message }
    return new Promise((settle) => path.recent.add(sequence, { question, sentMs, settle }))
  }

  close(): void {
    for (const path of this.#paths.values()) {
      this.#closeSender(path)
      path.recent.clear()
    }
    for (const family of families) this.#listeners[family].close()
  }

  #openSender(path: Path): Opened<number> {
    if (path.fd !== null) return { kind: 'open', value: path.fd }
    const opened = openMarkedSender(this.#libc, path.family, this.#markOf(path.wan))
    if (opened.kind === 'open') path.fd = opened.value
    return opened
  }

  #receive(family: Family, packet: Buffer, from: string): void {
    const receivedMs = performance.now()
    const answer = decodeAnswer(family, packet)
    if (answer === null) return
    const path = this.#paths.get(pathKey(family, answer.id))
    const sender = bytesOf(from)
    if (path === undefined) {
      this.#noteStranger(family, answer.kind === 'reply' ? sender : answer.destination)
      return
    }
    const asked = path.recent.peek(answer.sequence, receivedMs)
    // Late, or a second copy: the filter has let in our ids only.
    if (asked === null) return
    const { question, sentMs, settle } = asked
    if (!provesQuestion(question, answer, sender)) {
      this.#noteUnproven(path, answer, question)
      return
    }
    path.recent.forget(answer.sequence)
    if (answer.kind === 'reply') {
      settle({ kind: 'answered', rttMs: receivedMs - sentMs })
    } else if (answer.source.equals(sender)) {
      settle(unsent(`this machine says: ${answer.meaning} (the next hop does not answer)`))
    } else {
      settle({ kind: 'refused', reason: `${from} says: ${answer.meaning}` })
    }
  }

  /**
   * Another id, in the name of a target that we have just asked: a guess of somebody's, or the
   * answer to another program's ping. How many there are tells which.
   */
  #noteStranger(family: Family, claimed: Buffer): void {
    const key = claimed.toString('hex')
    const nowMs = performance.now()
    for (const { family: own, wan, askedAtMs } of this.#paths.values()) {
      const askedMs = askedAtMs.get(key)
      if (own !== family || askedMs === undefined || nowMs - askedMs > memoryMs) continue
      this.#note(wan, claimed, sampleEvery)
    }
  }

  /**
   * Some routers translate our packet and forget its checksum when they translate an error about it
   * back: that proves nothing, but is no forgery.
   */
  #noteUnproven({ wan }: Path, answer: IcmpAnswer, { target }: EchoQuestion): void {
    if (answer.kind === 'error' && answer.destination.equals(target)) return
    this.#note(wan, target, 1)
  }

  #note(wan: number, claimed: Buffer, count: number): void {
    const target = ipaddr.fromByteArray([...claimed]).toString()
    this.#forgeries.note({ wan, by: 'icmp', count, target }, performance.now())
  }

  #idsOf(family: Family): number[] {
    return [...this.#paths.values()].filter((path) => path.family === family).map(({ id }) => id)
  }

  #addPath(wan: number, family: Family): void {
    let id = randomInt(0x10000)
    while (this.#paths.has(pathKey(family, id))) id = randomInt(0x10000)
    this.#paths.set(pathKey(family, id), {
      wan,
      family,
      id,
      fd: null,
      askedAtMs: new Map(),
      recent: new RecentQuestions(),
    })
  }

  #pathOf(request: ProbeRequest): Path | undefined {
    for (const path of this.#paths.values()) {
      if (path.wan === request.wan && path.family === request.family) return path
    }
    return undefined
  }

  #closeSender(path: Path): void {
    if (path.fd !== null) this.#libc.close(path.fd)
    path.fd = null
  }
}

interface Path {
  readonly wan: number
  readonly family: Family
  /** Random and secret, and the same for each question, so that the kernel can filter by it. */
  readonly id: number
  /** The marked socket, opened when it is first needed. */
  fd: number | null
  /** By target as hex, when it was asked last. */
  readonly askedAtMs: Map<string, number>
  readonly recent: RecentQuestions<number, Asked>
}

interface Asked extends RecentQuestion {
  readonly question: EchoQuestion
  readonly settle: (outcome: ProbeOutcome | null) => void
}

function openListener(libc: Libc, family: Family, ids: readonly number[]): Opened<RawReader> {
  const opened = openRaw(libc, family)
  if (opened.kind === 'failed') return opened
  const reason =
    setFilter(libc, opened.value, { family, pass: answerTypes[family] }) ??
    attachFilter(libc, opened.value, onlyEchoIds(family, ids))
  if (reason === null) return listenRaw(libc, opened.value)
  libc.close(opened.value)
  return { kind: 'failed', reason }
}

/** At most 4096 of the 65536 are taken, so this ends soon. */
function freeSequence(recent: RecentQuestions<number, Asked>): number {
  let sequence = randomInt(0x10000)
  while (recent.has(sequence)) sequence = randomInt(0x10000)
  return sequence
}

const pathKey = (family: Family, id: number): number => (family === 'ipv4' ? id : 0x10000 + id)

/** Node may add a scope to a link-local address: `fe80::1%eth0`. */
function bytesOf(address: string): Buffer {
  return Buffer.from(ipaddr.parse(address.split('%')[0] ?? address).toByteArray())
}

const nothing = Buffer.alloc(0)
/** Makes it the 56 bytes that ping(8) sends, and so what routers and firewalls are used to. */
const padding = Buffer.alloc(56 - cookieBytes)

/** The network's or the firewall's errors; any other one is the socket's own. */
const passingErrors: ReadonlySet<string> = new Set([
  'EACCES',
  'EADDRNOTAVAIL',
  'EAGAIN',
  'EHOSTUNREACH',
  'EINVAL',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOBUFS',
  'EPERM',
])
