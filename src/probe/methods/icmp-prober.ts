/**
 * Pings: a marked raw socket for each WAN and family sends; one for each family receives all
 * answers, so that an answer wakes the process once however many WANs there are. Where it can't
 * mark a socket it sends nothing.
 */
import { randomBytes, randomInt } from 'node:crypto'
import ipaddr from 'ipaddr.js'
import { type ByFamily, byFamily, type Family, families } from '../../model/address.ts'
import { probeMark } from '../../model/marks.ts'
import { type ProbeOutcome, type ProbeRequest, unsent } from '../../model/probe.ts'
import {
  answerTypes,
  decodeAnswer,
  encodeEchoRequest,
  type IcmpAnswer,
} from '../messages/icmp-message.ts'
import type { Libc } from '../sockets/libc.ts'
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
import { type RecentQuestion, RecentQuestions } from './recent-questions.ts'

export class IcmpProber implements MethodProber {
  readonly #libc: Libc
  /** Only a host that saw our packet can answer with it. */
  readonly #cookie = randomBytes(16)
  readonly #paths = new Map<number, Path>()
  readonly #listeners: ByFamily<RawListener>

  constructor(wans: number, libc: Libc) {
    this.#libc = libc
    this.#listeners = byFamily(
      (family) =>
        new RawListener(
          () => openListener(libc, family),
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
    path.sequence = (path.sequence + 1) & 0xffff
    const { sequence } = path
    const message = encodeEchoRequest({
      family: path.family,
      id: path.id,
      sequence,
      payload: request.small ? nothing : Buffer.concat([this.#cookie], payloadBytes),
    })
    const sentMs = performance.now()
    if (this.#libc.sendto(sender.value, message, socketAddress(request.target)) < 0) {
      const code = this.#libc.errorCode()
      if (!passingErrors.has(code)) this.#closeSender(path)
      return unsent(sendFailure(code))
    }
    return new Promise((settle) => path.recent.add(sequence, { request, sentMs, settle }))
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
    const opened = openMarkedSender(this.#libc, path.family, probeMark(path.wan))
    if (opened.kind === 'open') path.fd = opened.value
    return opened
  }

  #receive(family: Family, packet: Buffer, from: string): void {
    const receivedMs = performance.now()
    const answer = decodeAnswer(family, packet)
    if (answer === null) return
    const path = this.#paths.get(pathKey(family, answer.id))
    const asked = path?.recent.peek(answer.sequence, receivedMs)
    if (path === undefined || asked === undefined || asked === null) return
    const { request, sentMs, settle } = asked
    if (!this.#isProven(request, answer, from)) return
    path.recent.forget(answer.sequence)
    if (answer.kind === 'reply') {
      settle({ kind: 'answered', rttMs: receivedMs - sentMs })
    } else if (isSameAddress(answer.source, from)) {
      settle(unsent(`this machine says: ${answer.meaning} (the next hop does not answer)`))
    } else {
      settle({ kind: 'refused', reason: `${from} says: ${answer.meaning}` })
    }
  }

  #isProven(request: ProbeRequest, answer: IcmpAnswer, from: string): boolean {
    const target = Buffer.from(ipaddr.parse(request.target).toByteArray())
    if (answer.kind === 'error') {
      // A router need not quote the payload, but what it quotes must be ours.
      if (!answer.destination.equals(target)) return false
      return request.small || answer.payload.length < 16 || this.#hasCookie(answer.payload)
    }
    if (!isSameAddress(target, from)) return false
    return request.small ? answer.payload.length === 0 : this.#hasCookie(answer.payload)
  }

  #hasCookie(payload: Buffer): boolean {
    return payload.subarray(0, this.#cookie.length).equals(this.#cookie)
  }

  #addPath(wan: number, family: Family): void {
    let id = randomInt(0x10000)
    while (this.#paths.has(pathKey(family, id))) id = randomInt(0x10000)
    this.#paths.set(pathKey(family, id), {
      wan,
      family,
      id,
      sequence: randomInt(0x10000),
      fd: null,
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
  /** Random: other programs on this machine ping too. */
  readonly id: number
  sequence: number
  /** The marked socket, opened when it is first needed. */
  fd: number | null
  readonly recent: RecentQuestions<number, Asked>
}

interface Asked extends RecentQuestion {
  readonly request: ProbeRequest
  readonly settle: (outcome: ProbeOutcome | null) => void
}

function openListener(libc: Libc, family: Family): Opened<RawReader> {
  const opened = openRaw(libc, family)
  if (opened.kind === 'failed') return opened
  const reason = setFilter(libc, opened.value, { family, pass: answerTypes[family] })
  if (reason === null) return listenRaw(libc, opened.value)
  libc.close(opened.value)
  return { kind: 'failed', reason }
}

const pathKey = (family: Family, id: number): number => (family === 'ipv4' ? id : 0x10000 + id)

/** Node may add a scope to a link-local address: `fe80::1%eth0`. */
function isSameAddress(bytes: Buffer, text: string): boolean {
  const bare = text.split('%')[0] ?? text
  return bytes.equals(Buffer.from(ipaddr.parse(bare).toByteArray()))
}

const nothing = Buffer.alloc(0)
/** What ping(8) sends, and so what routers and firewalls are used to. */
const payloadBytes = 56

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
