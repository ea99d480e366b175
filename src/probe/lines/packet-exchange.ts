/**
 * Sends questions past the routing table, each to the neighbour that it names, and hears the answers.
 * It opens packet sockets: they go round rules, routes and firewalls and change none. Who asks gets
 * one answer for each question; what proves nothing is none, as for every probe.
 */
import { randomInt } from 'node:crypto'
import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { familyOf } from '../../model/address.ts'
import type { SearchedLink } from '../../model/line-search.ts'
import { bytesOf, macBytes, textOf } from '../messages/address-bytes.ts'
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
import { linkAddress, type Opened, openRaw, type RawReader } from '../sockets/raw-socket.ts'
import { sendFailure } from '../sockets/send-failure.ts'
import { decodeFrame, type Heard } from './decode-frame.ts'
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
  readonly #readers: readonly RawReader[]
  readonly #sender: number
  /** Holds our port, so that no other program gets it, and the kernel refuses no answer. */
  readonly #port: Socket
  readonly #open = new OpenQuestions()
  readonly #id = randomInt(0x10000)
  readonly #random = new RandomPool()
  /** Why the last packet could not be sent; null: all could. */
  trouble: string | null = null

  private constructor(libc: Libc, listener: ExchangeListener, sockets: Sockets) {
    this.#libc = libc
    this.#listener = listener
    this.#sender = sockets.sender
    this.#port = sockets.port
    this.#readers = sockets.readers.map(({ reader }) => reader)
    for (const { reader, layer } of sockets.readers) {
      reader.socket.on('message', (frame) => this.#receive(decodeFrame(frame, layer)))
      reader.socket.on('error', (error) => {
        this.trouble = error.message
      })
    }
  }

  static async open(
    libc: Libc,
    links: readonly SearchedLink[],
    listener: ExchangeListener,
  ): Promise<Opened<PacketExchange>> {
    const layers: Layer[] = ['ethernet']
    if (links.some(({ mac }) => mac === null)) layers.push('bare')
    const sender = openRaw(libc, 'arp')
    if (sender.kind === 'failed') return sender
    const readers: Sockets['readers'] = []
    for (const layer of layers) {
      const opened = listenForAnswers(libc, layer)
      if (opened.kind === 'failed') {
        libc.close(sender.value)
        for (const { reader } of readers) reader.socket.close()
        return opened
      }
      readers.push({ reader: opened.value, layer })
    }
    const port = createSocket('udp4')
    port.bind(0)
    await once(port, 'listening')
    const sockets = { sender: sender.value, port, readers }
    return { kind: 'open', value: new PacketExchange(libc, listener, sockets) }
  }

  close(): void {
    this.#open.endAll()
    this.#port.close()
    for (const { socket } of this.#readers) socket.close()
    this.#libc.close(this.#sender)
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
    const ports = { sourcePort: this.#port.address().port, destinationPort: 53 }
    const message = encodeUdp(ends, ports, encodeQuestion(id, asked))
    const packet = encodePacket({ ...ends, protocol: protocols.udp, ttl: 64 }, message)
    const type = familyOf(server) === 'ipv4' ? etherTypes.ipv4 : etherTypes.ipv6
    this.#send(way, type, packet)
    return answer
  }

  #send(to: Pick<Way, 'link' | 'hardware'>, protocol: number, packet: Buffer): void {
    const address = linkAddress(to.link.index, to.hardware, { protocol })
    if (this.#libc.sendto(this.#sender, packet, address) >= 0) return
    this.trouble = `${to.link.name}: ${sendFailure(this.#libc.errorCode())}`
  }

  #receive(heard: Heard | null): void {
    const receivedMs = performance.now()
    if (heard === null) return
    if (heard.kind === 'arp') this.#listener.onArp(heard.reply)
    else if (heard.kind === 'udp') {
      if (heard.toPort === this.#port.address().port) this.#open.takeDns(heard, receivedMs)
    } else if (heard.family === 'ipv4') {
      this.#open.takeIcmp(heard, { id: this.#id, receivedMs })
    } else if (heard.mac !== null && offersDefaultRoute(heard.packet)) {
      this.#listener.onRouter({ address: textOf(heard.from), mac: heard.mac })
    }
  }
}

interface Sockets {
  readonly sender: number
  readonly port: Socket
  readonly readers: { readonly reader: RawReader; readonly layer: Layer }[]
}

interface EchoOptions {
  readonly ttl: number
  readonly waitMs: number
}

interface DnsOptions {
  readonly question: DnsQuestion
  readonly waitMs: number
}
