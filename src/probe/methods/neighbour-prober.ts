/**
 * Asks a gateway by ARP whether it is there: an answer within a millisecond or two, whatever its
 * uplink does, and without touching the kernel's neighbour table. It doesn't ask IPv6
 * gateways; the kernel's neighbour table speaks for them.
 *
 * Nothing proves such an answer. ARP has no numbers and no secrets, and neither has IPv6's neighbour
 * discovery: any host on the link can answer in the gateway's name, as it can take over the gateway's
 * traffic. So an answer here only says that the link works and never that the line does; pings and DNS
 * through the gateway say that.
 */
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'
import { type ProbeOutcome, type ProbeRequest, unsent } from '../../model/probe.ts'
import {
  type ArpAddresses,
  broadcast,
  encodeArpRequest,
  isArpReply,
} from '../messages/arp-message.ts'
import type { Libc } from '../sockets/libc.ts'
import {
  linkAddress,
  listenRaw,
  type Opened,
  openArp,
  RawListener,
  type RawReader,
} from '../sockets/raw-socket.ts'
import { errorCode, sendFailure } from '../sockets/send-failure.ts'
import type { MethodProber } from './method-prober.ts'
import { type RecentQuestion, RecentQuestions } from './recent-questions.ts'

export class NeighbourProber implements MethodProber {
  readonly #libc: Libc
  readonly #listener: RawListener
  readonly #recent = new RecentQuestions<ProbeRequest['id'], Asked>(maxOpen)

  constructor(libc: Libc) {
    this.#libc = libc
    this.#listener = new RawListener(
      () => openListener(libc),
      (message) => this.#receive(message),
    )
  }

  async ask(request: ProbeRequest): Promise<ProbeOutcome | null> {
    if (request.family === 'ipv6') return unsent('ARP cannot ask an IPv6 gateway')
    const asker = addressesOf(request)
    if (typeof asker === 'string') return unsent(asker)
    const index = this.#libc.interfaceIndex(request.link)
    if (index === 0) return unsent(`there is no interface ${request.link}`)
    const listener = this.#listener.listen()
    if (listener.kind === 'failed') return unsent(listener.reason)
    const target = Buffer.from(ipaddr.IPv4.parse(request.target).toByteArray())
    const sentMs = performance.now()
    const message = encodeArpRequest(asker, target)
    if (this.#libc.sendto(listener.value.fd, message, linkAddress(index, broadcast)) < 0) {
      return unsent(`${request.link}: ${sendFailure(this.#libc.errorCode())}`)
    }
    return new Promise((settle) => this.#recent.add(request.id, { asker, target, sentMs, settle }))
  }

  close(): void {
    this.#listener.close()
    this.#recent.clear()
  }

  /** ARP has no numbers: one answer settles every open question to its sender. */
  #receive(message: Buffer): void {
    const receivedMs = performance.now()
    for (const [id, { asker, target, sentMs, settle }] of this.#recent.all(receivedMs)) {
      if (!isArpReply(message, asker, target)) continue
      this.#recent.forget(id)
      settle({ kind: 'answered', rttMs: receivedMs - sentMs })
    }
  }
}

interface Asked extends RecentQuestion {
  readonly asker: ArpAddresses
  readonly target: Buffer
  readonly settle: (outcome: ProbeOutcome | null) => void
}

function openListener(libc: Libc): Opened<RawReader> {
  const opened = openArp(libc)
  return opened.kind === 'open' ? listenRaw(libc, opened.value) : opened
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

/** Enough for the silent gateways of eight WANs, asked every few dozen milliseconds. */
const maxOpen = 256
