/**
 * Asks a gateway by ARP whether it is there: an answer within a millisecond or two, whatever its
 * uplink does, and without touching the kernel's neighbour table. IPv6 gateways aren't asked;
 * the kernel's neighbour table speaks for them.
 */
import type { Socket } from 'node:dgram'
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os'
import ipaddr from 'ipaddr.js'
import type { ProbeRequest } from '../model/probe.ts'
import { type ArpAddresses, broadcast, encodeArpRequest, isArpReply } from './arp-message.ts'
import type { Libc, LibcLoad } from './libc.ts'
import type { MethodProber, Tell } from './method-prober.ts'
import { linkAddress, listenRaw, openRaw } from './raw-socket.ts'
import { errorCode, sendFailure } from './send-failure.ts'

export class NeighbourProber implements MethodProber {
  readonly #load: LibcLoad
  readonly #tell: Tell
  /** The sockets of the questions under way, the oldest first, with their time limits. */
  readonly #open = new Map<Socket, NodeJS.Timeout>()

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
    for (const socket of this.#open.keys()) this.#end(socket)
  }

  /**
   * Returns why it couldn't. A socket lives for one question: a packet socket that saw its link
   * go would have to be made anew anyway.
   */
  #ask(libc: Libc, request: ProbeRequest): string | null {
    if (request.family === 'ipv6') return 'IPv6 gateways are not asked'
    const sender = addressesOf(request)
    if (typeof sender === 'string') return sender
    const index = libc.interfaceIndex(request.link)
    if (index === 0) return `there is no interface ${request.link}`
    const raw = openRaw(libc, 'arp')
    if (raw.kind === 'failed') return raw.reason
    const fd = raw.value
    const target = Buffer.from(ipaddr.IPv4.parse(request.target).toByteArray())
    const address = linkAddress(index, broadcast)
    const sentMs = performance.now()
    if (
      libc.bind(fd, address) !== 0 ||
      libc.sendto(fd, encodeArpRequest(sender, target), address) < 0
    ) {
      const reason = sendFailure(libc.errorCode())
      libc.close(fd)
      return `${request.link}: ${reason}`
    }
    const listening = listenRaw(libc, fd)
    if (listening.kind === 'failed') return listening.reason
    const socket = listening.value
    this.#keep(socket)
    socket.on('message', (message) => {
      if (!this.#open.has(socket) || !isArpReply(message, sender, target)) return
      this.#end(socket)
      this.#tell(request, { kind: 'answered', rttMs: performance.now() - sentMs })
    })
    socket.on('error', (error) => {
      if (!this.#open.has(socket)) return
      this.#end(socket)
      const reason = `${request.link}: ${sendFailure(errorCode(error))}`
      this.#tell(request, { kind: 'unsent', reason })
    })
    return null
  }

  #keep(socket: Socket): void {
    this.#open.set(
      socket,
      setTimeout(() => this.#end(socket), waitMs),
    )
    const oldest = this.#open.keys().next().value
    if (this.#open.size > maxOpen && oldest !== undefined) this.#end(oldest)
  }

  #end(socket: Socket): void {
    clearTimeout(this.#open.get(socket))
    this.#open.delete(socket)
    socket.close()
  }
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

/** A living gateway on a sleepy wireless link takes 200 ms; after a second it is silent. */
const waitMs = 1000
/** Questions to eight WANs' gateways, some 60 ms apart. */
const maxOpen = 64
