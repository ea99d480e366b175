/**
 * Carries out a search for lines: asks by ARP who is there, then each neighbour what it does with
 * packets for the Internet. It changes nothing on this host and takes nine seconds at most.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { macBytes, macText, textOf } from '../../model/address-bytes.ts'
import type {
  HeardLine,
  HeardLines,
  LinePlan,
  Router6,
  SearchedLink,
} from '../../model/line-search.ts'
import type { ArpReply } from '../messages/arp-message.ts'
import { type Libc, loadLibc } from '../sockets/libc.ts'
import { PacketExchange, type Way } from './packet-exchange.ts'
import { askPublicIp6, soundLine } from './sound-line.ts'

export interface Heard extends HeardLines {
  /** Why some or all of it could not be asked; null: all was. */
  readonly trouble: string | null
}

/** Hears of each line as soon as it is known. */
export async function hearLines(
  plan: LinePlan,
  soFar: (heard: HeardLines) => void,
): Promise<Heard> {
  const load = loadLibc()
  if (load.kind === 'missing') {
    return { lines: [], routers6: plan.routers6, trouble: load.reason }
  }
  return new Hearing(plan, soFar).run(load.libc)
}

class Hearing {
  readonly #plan: LinePlan
  readonly #soFar: (heard: HeardLines) => void
  readonly #lines: HeardLine[] = []
  /** The kernel's word first: it says on which link. */
  readonly #routers6: Router6[]
  /** By link and MAC, and by link and address: who has answered. */
  readonly #there = new Set<string>()
  readonly #soundings: Promise<void>[] = []

  constructor(plan: LinePlan, soFar: (heard: HeardLines) => void) {
    this.#plan = plan
    this.#routers6 = [...plan.routers6]
    this.#soFar = soFar
  }

  async run(libc: Libc): Promise<Heard> {
    const { links } = this.#plan
    const opened = await PacketExchange.open(libc, links, {
      onArp: (reply) => this.#takeArp(reply, exchange),
      onRouter: ({ address, mac }) => this.#takeRouter(address, mac),
    })
    if (opened.kind === 'failed') return { ...this.#heard(), trouble: opened.reason }
    const exchange: PacketExchange = opened.value
    try {
      for (const link of links) {
        exchange.solicitRouters(link)
        if (link.direct) this.#soundDirect(link, exchange)
      }
      await Promise.all(links.map((link) => this.#scan(link, exchange)))
      // While one is asked no other is found any more: the list is whole.
      await Promise.all(this.#soundings)
      await this.#askPublicIp6s(exchange)
      return { ...this.#heard(), trouble: exchange.trouble }
    } finally {
      exchange.close()
    }
  }

  #heard(): HeardLines {
    return { lines: [...this.#lines], routers6: [...this.#routers6] }
  }

  /** Asks everybody twice, a few at a time: who sleeps on Wi-Fi hears the second question. */
  async #scan(link: SearchedLink, exchange: PacketExchange): Promise<void> {
    const all = whomToAsk(link)
    if (all.length === 0) return
    const startMs = performance.now()
    for (let pass = 0; pass < passes; pass += 1) {
      for (let at = 0; at < all.length; at += atOnce) {
        if (performance.now() - startMs > longestScanMs) break
        for (const { own, address } of all.slice(at, at + atOnce)) {
          if (!this.#there.has(`${link.name} ${address}`)) exchange.askWhoHas(link, own, address)
        }
        await pause(everyMs)
      }
    }
    await pause(lastAnswersMs)
  }

  #takeArp({ sender, asker }: ArpReply, exchange: PacketExchange): void {
    const [mac, own] = [macText(sender.hardware), textOf(asker.ip)]
    const address = textOf(sender.ip)
    const link = this.#plan.links.find(
      (one) =>
        one.mac === macText(asker.hardware) &&
        one.subnets.some((subnet) => subnet.own === own && subnet.ask.includes(address)),
    )
    if (link === undefined || this.#there.has(`${link.name} ${address}`)) return
    this.#there.add(`${link.name} ${address}`)
    // Another interface of this host answers as well.
    if (this.#plan.links.some((one) => one.mac === mac)) return
    const known = this.#plan.gateways.some(
      (gateway) => gateway.link === link.name && gateway.address === address,
    )
    // A router has one MAC and perhaps many addresses: one of them is asked, and each known one.
    if (this.#there.has(`${link.name} ${mac}`) && !known) return
    this.#there.add(`${link.name} ${mac}`)
    const way = { link, own, hardware: Buffer.from(sender.hardware) }
    this.#sound({ way, address, mac, known }, exchange)
  }

  /** On a link that is Ethernet by name only, the device takes what is sent to its own MAC. */
  #soundDirect(link: SearchedLink, exchange: PacketExchange): void {
    const [subnet] = link.subnets
    if (subnet === undefined) return
    const hardware = link.mac === null ? Buffer.alloc(0) : macBytes(link.mac)
    const way = { link, own: subnet.own, hardware }
    this.#sound({ way, address: null, mac: null, known: link.mac === null }, exchange)
  }

  #sound(sounded: Parameters<typeof soundLine>[0], exchange: PacketExchange): void {
    const { targets, dnsName } = this.#plan
    const sounding = soundLine(sounded, { exchange, targets, dnsName }).then((line) => {
      if (line === null) return
      this.#lines.push(line)
      this.#soFar(this.#heard())
    })
    this.#soundings.push(sounding)
  }

  #takeRouter(address: string, mac: string): void {
    const isKnown = this.#routers6.some((one) => one.mac === mac && one.address === address)
    if (!isKnown) this.#routers6.push({ link: null, address, mac })
  }

  async #askPublicIp6s(exchange: PacketExchange): Promise<void> {
    const { targets6, links } = this.#plan
    if (targets6.length === 0) return
    const asked = this.#lines.map(async (line, at) => {
      const link = links.find(({ name }) => name === line.link)
      if (link === undefined || line.mac === null) return
      if (!this.#routers6.some(({ mac }) => mac === line.mac)) return
      const hardware = macBytes(line.mac)
      const ways = link.global6.slice(0, mostSources).map((own): Way => ({ link, own, hardware }))
      const found = await Promise.all(ways.map((way) => askPublicIp6(way, targets6, exchange)))
      const publicIp6 = found.find((one) => one !== null) ?? null
      this.#lines[at] = { ...line, publicIp6 }
    })
    await Promise.all(asked)
  }
}

/** The likeliest of each subnet first. */
function whomToAsk({ subnets }: SearchedLink): { own: string; address: string }[] {
  const longest = Math.max(0, ...subnets.map(({ ask }) => ask.length))
  return Array.from({ length: longest }, (_, at) =>
    subnets.flatMap(({ own, ask }) => {
      const address = ask[at]
      return address === undefined ? [] : [{ own, address }]
    }),
  ).flat()
}

const passes = 2
/** 625 a second: a /24 takes 0.4 seconds, a /22 takes 1.7, each pass. */
const atOnce = 25
const everyMs = 40
/** Both passes of a /22, and little more. */
const longestScanMs = 3_600
const lastAnswersMs = 400
/** Of one link, a prefix of each router and a temporary address beside it. */
const mostSources = 4
