/**
 * Asks a gateway by ARP whether it is there: an answer within a millisecond or two, whatever its
 * uplink does, and without touching the kernel's neighbour table. IPv6 gateways aren't asked;
 * the kernel's neighbour table speaks for them.
 */
import type { Socket } from 'node:dgram'
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'
import type { ProbeRequest } from '../../model/probe.ts'
import {
  type ArpAddresses,
  broadcast,
  encodeArpRequest,
  isArpReply,
} from '../messages/arp-message.ts'
import type { Libc, LibcLoad } from '../sockets/libc.ts'
import { linkAddress, listenRaw, type Opened, openArp } from '../sockets/raw-socket.ts'
import { errorCode, sendFailure } from '../sockets/send-failure.ts'
import type { MethodProber, Tell } from './method-prober.ts'
import { memoryMs } from './recent-questions.ts'

export class NeighbourProber implements MethodProber {
  readonly #load: LibcLoad
  readonly #tell: Tell
  #socket: { readonly fd: number; readonly reader: Socket } | null = null
  /** Those that nobody has answered, the oldest first. */
  #open: Question[] = []

  constructor({ load, tell }: { load: LibcLoad; tell: Tell }) {
    this.#load = load
    this.#tell = tell
  }

  send(request: ProbeRequest): void {
    const reason =
      this.#load.kind === 'missing' ? this.#load.reason : this.#ask(this.#load.libc, request)
    if (reason !== null) this.#tell(request, { kind: 'unsent', reason })
  }

  close(): void {
    this.#socket?.reader.close()
    this.#socket = null
    this.#open = []
  }

  /** Returns why it couldn't. */
  #ask(libc: Libc, request: ProbeRequest): string | null {
    if (request.family === 'ipv6') return 'IPv6 gateways are not asked'
    const asker = addressesOf(request)
    if (typeof asker === 'string') return asker
    const index = libc.interfaceIndex(request.link)
    if (index === 0) return `there is no interface ${request.link}`
    const opened = this.#listen(libc)
    if (opened.kind === 'failed') return opened.reason
    const target = Buffer.from(ipaddr.IPv4.parse(request.target).toByteArray())
    const sentMs = performance.now()
    const message = encodeArpRequest(asker, target)
    if (libc.sendto(opened.value, message, linkAddress(index, broadcast)) < 0) {
      return `${request.link}: ${sendFailure(libc.errorCode())}`
    }
    this.#open = this.#open
      .filter((question) => sentMs - question.sentMs <= memoryMs)
      .slice(1 - maxOpen)
    this.#open.push({ request, asker, target, sentMs })
    return null
  }

  #listen(libc: Libc): Opened<number> {
    if (this.#socket !== null) return { kind: 'open', value: this.#socket.fd }
    const opened = openArp(libc)
    if (opened.kind === 'failed') return opened
    const listening = listenRaw(libc, opened.value)
    if (listening.kind === 'failed') return listening
    const { socket: reader, fd } = listening.value
    reader.on('message', (message) => this.#hear(message))
    // The next question opens another one; until then nothing is heard, which is silence.
    reader.on('error', () => {
      if (this.#socket?.reader !== reader) return
      this.#socket = null
      reader.close()
    })
    this.#socket = { fd, reader }
    return { kind: 'open', value: fd }
  }

  /** ARP has no numbers: one answer settles every open question to its sender. */
  #hear(message: Buffer): void {
    const heardMs = performance.now()
    const isAnswered = ({ asker, target }: Question): boolean => isArpReply(message, asker, target)
    const answered = this.#open.filter(isAnswered)
    if (answered.length === 0) return
    this.#open = this.#open.filter((question) => !answered.includes(question))
    for (const { request, sentMs } of answered) {
      if (heardMs - sentMs > memoryMs) continue
      this.#tell(request, { kind: 'answered', rttMs: heardMs - sentMs })
    }
  }
}

interface Question {
  readonly request: ProbeRequest
  readonly asker: ArpAddresses
  readonly target: Buffer
  readonly sentMs: number
}

/** Our own addresses on the link, those of the target's subnet first; or what is missing. */
function addressesOf({ link, target }: ProbeRequest): ArpAddresses | string {
  const all = ipv4AddressesOf(link)
  if (typeof all === 'string') return all
  const asked = ipaddr.IPv4.parse(target)
  const near = all.find(({ cidr }) => cidr !== null && asked.match(ipaddr.IPv4.parseCIDR(cidr)))
  const own = near ?? all[0]
  if (own === undefined) return `${link} is not up or has no IPv4 address`
  const hardware = Buffer.from(own.mac.replaceAll(':', ''), 'hex')
  if (hardware.every((byte) => byte === 0)) return `${link} has no ARP`
  return { hardware, ip: Buffer.from(ipaddr.IPv4.parse(own.address).toByteArray()) }
}

function ipv4AddressesOf(link: string): NetworkInterfaceInfo[] | string {
  try {
    return (networkInterfaces()[link] ?? []).filter(({ family }) => family === 'IPv4')
  } catch (error) {
    return `reading the addresses of ${link}: ${sendFailure(errorCode(error))}`
  }
}

/** Questions to eight WANs' gateways that fell silent, asked every few dozen milliseconds. */
const maxOpen = 256
