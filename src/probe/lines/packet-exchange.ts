/**
 * Sends questions past the routing table, each to the neighbour that it names, and hears the answers.
 * It opens packet sockets: they go round rules, routes and firewalls and change none. Who asks gets
 * one answer for each question; what proves nothing is none, as for every probe.
 */
import { randomInt } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { familyOf } from '../../model/address.ts'
import { bytesOf, macBytes, textOf } from '../../model/address-bytes.ts'
import type { SearchedLink } from '../../model/line-search.ts'
import { type ArpReply, broadcast, encodeArpRequest } from '../messages/arp-message.ts'
import { type DnsQuestion, encodeQuestion, mixLetters } from '../messages/dns-message.ts'
import { cookieBytes } from '../messages/echo-proof.ts'
import { encodeEchoRequest } from '../messages/icmp-message.ts'
import { encodePacket, encodeUdp, protocols } from '../messages/ip-packet.ts'
import {
  allRouters,
  allRoutersMac,
  encodeRouterSolicitation,
  offersDefaultRoute,
} from '../messages/router-message.ts'
import { RandomPool } from '../random-pool.ts'
import type { Libc } from '../sockets/libc.ts'
import { etherTypes, type Layer, listenForAnswers } from '../sockets/packet-socket.ts'
import { linkAddress, type Opened, type RawReader } from '../sockets/raw-socket.ts'
import { sendFailure } from '../sockets/send-failure.ts'
import { decodeFrame, encodeFrame, type Heard } from './ethernet-frame.ts'
import { type DnsHeard, type EchoHeard, OpenQuestions } from './open-questions.ts'

/** Where a question leaves: by this link, from this address of ours, to this neighbour. */
export interface Way {
  readonly link: SearchedLink
  readonly own: string
  /** Empty: the link has no Ethernet. */
  readonly hardware: Buffer
}

export interface ExchangeListener {
  readonly onArp: (reply: ArpReply) => void
  readonly onRouter: (router: { readonly address: string; readonly mac: string }) => void
}

export class PacketExchange {
  readonly #libc: Libc
  readonly #listener: ExchangeListener
  readonly #sockets: Sockets
  /** What DNS servers answer to. */
  readonly #ownPort: number
  readonly #open = new OpenQuestions()
  readonly #id = randomInt(0x10000)
  readonly #random = new RandomPool()
  /** The descriptor may be another file's by now. */
  #isClosed = false
  /** Why the last packet could not be sent; null: all could. */
  trouble: string | null = null

  private constructor(libc: Libc, listener: ExchangeListener, sockets: Sockets) {
    this.#libc = libc
    this.#listener = listener
    this.#sockets = sockets
    this.#ownPort = sockets.port.address().port
    for (const [layer, { socket }] of sockets.byLayer) {
      socket.on('message', (frame) => this.#receive(decodeFrame(frame, layer)))
      socket.on('error', (error) => {
        this.trouble = error.message
      })
    }
  }

  static async open(
    libc: Libc,
    links: readonly SearchedLink[],
    listener: ExchangeListener,
  ): Promise<Opened<PacketExchange>> {
    const port = createSocket('udp4')
    port.bind(0)
    await once(port, 'listening')
    const byLayer = new Map<Layer, RawReader>()
    for (const layer of new Set(links.map(layerOf))) {
      const opened = listenForAnswers(libc, layer)
      if (opened.kind === 'failed') {
        closeAll({ port, byLayer })
        return opened
      }
      byLayer.set(layer, opened.value)
    }
    return { kind: 'open', value: new PacketExchange(libc, listener, { port, byLayer }) }
  }

  /** Stops the process for some milliseconds, as closing packet sockets does. */
  close(): void {
    this.#open.endAll()
    closeAll(this.#sockets)
    this.#isClosed = true
  }

  /** The answer comes to the listener. */
  askWhoHas(link: SearchedLink, own: string, address: string): void {
    if (link.mac === null) return
    const sender = { hardware: macBytes(link.mac), ip: bytesOf(own) }
    const message = encodeArpRequest(sender, bytesOf(address))
    this.#send({ link, hardware: broadcast }, etherTypes.arp, message)
  }

  /** The answers come to the listener. */
  solicitRouters(link: SearchedLink): void {
    if (link.mac === null || link.linkLocal === null) return
    const source = bytesOf(link.linkLocal)
    const payload = encodeRouterSolicitation(source, macBytes(link.mac))
    const head = { source, destination: allRouters, protocol: protocols.icmpv6, ttl: 255 }
    const packet = encodePacket(head, payload)
    this.#send({ link, hardware: allRoutersMac }, etherTypes.ipv6, packet)
  }

  /** IPv4 only. With `ttl` the router says so that would be the next but that many. */
  echo(way: Way, target: string, { ttl, waitMs }: EchoOptions): Promise<EchoHeard> {
    const [source, destination] = [bytesOf(way.own), bytesOf(target)]
    const payload = Buffer.concat([this.#random.take(cookieBytes), Buffer.alloc(40)])
    const sequence = this.#open.freeSequence()
    const message = encodeEchoRequest({ family: 'ipv4', id: this.#id, sequence, payload })
    const question = { family: 'ipv4', target: destination, message } as const
    const answer = this.#open.addEcho({ question, sequence, waitMs })
    const head = { source, destination, protocol: protocols.icmp, ttl }
    this.#send(way, etherTypes.ipv4, encodePacket(head, message))
    return answer
  }

  /** null where nobody answers in time. */
  ask(way: Way, server: string, { question, waitMs }: DnsOptions): Promise<DnsHeard | null> {
    const name = mixLetters(question.name, this.#random.take(8))
    const asked = { ...question, name }
    const id = this.#open.freeDnsId()
    const answer = this.#open.addDns({ id, server: bytesOf(server), question: asked, waitMs })
    const ends = { source: bytesOf(way.own), destination: bytesOf(server) }
    const ports = { sourcePort: this.#ownPort, destinationPort: 53 }
    const message = encodeUdp(ends, ports, encodeQuestion(id, asked))
    const packet = encodePacket({ ...ends, protocol: protocols.udp, ttl: 64 }, message)
    const type = familyOf(server) === 'ipv4' ? etherTypes.ipv4 : etherTypes.ipv6
    this.#send(way, type, packet)
    return answer
  }

  #send({ link, hardware }: Pick<Way, 'link' | 'hardware'>, type: number, packet: Buffer): void {
    const reader = this.#sockets.byLayer.get(layerOf(link))
    if (reader === undefined || this.#isClosed) return
    const frame =
      link.mac === null
        ? packet
        : encodeFrame({ to: hardware, from: macBytes(link.mac), type }, packet)
    const address = linkAddress(link.index, hardware, { protocol: type })
    if (this.#libc.sendto(reader.fd, frame, address) >= 0) return
    this.trouble = `${link.name}: ${sendFailure(this.#libc.errorCode())}`
  }

  #receive(heard: Heard | null): void {
    const receivedMs = performance.now()
    if (heard === null) return
    if (heard.kind === 'arp') this.#listener.onArp(heard.reply)
    else if (heard.kind === 'udp') {
      if (heard.toPort === this.#ownPort) this.#open.takeDns(heard, receivedMs)
    } else if (heard.family === 'ipv4') {
      this.#open.takeIcmp(heard, { id: this.#id, receivedMs })
    } else if (heard.mac !== null && heard.isNear && offersDefaultRoute(heard.packet)) {
      this.#listener.onRouter({ address: textOf(heard.from), mac: heard.mac })
    }
  }
}

interface Sockets {
  /** Holds our port, so that no other program gets it, and the kernel refuses no answer. */
  readonly port: Socket
  readonly byLayer: ReadonlyMap<Layer, RawReader>
}

function layerOf({ mac }: SearchedLink): Layer {
  return mac === null ? 'bare' : 'ethernet'
}

function closeAll({ port, byLayer }: Sockets): void {
  port.close()
  for (const { socket } of byLayer.values()) socket.close()
}

interface EchoOptions {
  readonly ttl: number
  readonly waitMs: number
}

interface DnsOptions {
  readonly question: DnsQuestion
  readonly waitMs: number
}
