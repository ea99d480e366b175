/**
 * Hears what the IPv6 routers of this host's links say of themselves, which the kernel doesn't keep:
 * whose word a network of a link is. It believes only what comes from the link itself, holds each
 * word for as long as its router says, and opens no socket before somebody asks.
 */
import { isIPv6 } from 'node:net'
import type { Router } from '../../model/host.ts'
import {
  advertisement,
  bareRouterSolicitation,
  decodeAdvertisement,
} from '../messages/router-message.ts'
import { type Libc, loadLibc } from '../sockets/libc.ts'
import { attachFilter, onlyFromLink } from '../sockets/packet-filter.ts'
import {
  listenRaw,
  type Opened,
  openRaw,
  RawListener,
  type RawReader,
  setFilter,
  socketAddress,
} from '../sockets/raw-socket.ts'

/** Null where this process has no raw sockets. */
export function openLinkRouters(): LinkRouters | null {
  const load = loadLibc()
  return load.kind === 'missing' ? null : new LinkRouters(load.libc)
}

class LinkRouters {
  readonly #libc: Libc
  readonly #listener: RawListener
  /** By link and address, who was heard last at the end. */
  readonly #heard = new Map<string, Heard>()
  readonly #listeners: (() => void)[] = []
  #news: NodeJS.Timeout | null = null

  constructor(libc: Libc) {
    this.#libc = libc
    this.#listener = new RawListener(
      () => openListener(libc),
      (message, from) => this.#take(message, from),
    )
  }

  heard(): readonly Router[] {
    const nowMs = performance.now()
    return [...this.#heard.values()].flatMap(({ untilMs, prefixes, ...router }): Router[] => {
      const valid = [...prefixes].filter(([, prefixUntilMs]) => prefixUntilMs > nowMs)
      if (valid.length === 0 && untilMs <= nowMs) return []
      return [{ ...router, prefixes: valid.map(([network]) => network).toSorted() }]
    })
  }

  /** Where nothing can be sent nothing is heard: that is all there is to say of it. */
  ask(link: string): void {
    this.#solicit(everyRouter, link)
  }

  onNews(listener: () => void): void {
    this.#listeners.push(listener)
  }

  close(): void {
    if (this.#news !== null) clearTimeout(this.#news)
    this.#news = null
    this.#listeners.length = 0
    this.#listener.close()
  }

  #take(message: Buffer, from: string): void {
    const said = decodeAdvertisement(message)
    const [address = '', link] = from.split('%')
    if (said === null || link === undefined || !isIPv6(address)) return
    const nowMs = performance.now()
    const key = `${link} ${address}`
    const before = this.#heard.get(key)
    // One advertisement needn't name all of them: each lasts as long as it was said to.
    const prefixes = new Map(before?.prefixes)
    for (const { network, validSeconds } of said.prefixes) {
      prefixes.delete(network)
      if (validSeconds > 0) prefixes.set(network, nowMs + 1_000 * validSeconds)
    }
    for (const network of [...prefixes.keys()].slice(0, -mostPrefixes)) prefixes.delete(network)
    const { mac, offersDefault } = said
    const router: Heard = { link, address, mac, offersDefault, prefixes, untilMs: nowMs + keptMs }
    this.#heard.delete(key)
    this.#heard.set(key, router)
    for (const oldest of [...this.#heard.keys()].slice(0, -mostRouters)) this.#heard.delete(oldest)
    if (before !== undefined && wordOf(before) === wordOf(router)) return
    // Who is spoken to is found by the kernel, which then knows its MAC.
    if (mac === null) this.#solicit(address, link)
    this.#tellSoon()
  }

  #solicit(address: string, link: string): void {
    const listener = this.#listener.listen()
    if (listener.kind === 'failed') return
    const index = this.#libc.interfaceIndex(link)
    if (index === 0) return
    const destination = socketAddress(address)
    destination.writeUInt32LE(index, scopeAt)
    this.#libc.sendto(listener.value.fd, bareRouterSolicitation(), destination)
  }

  /** Whoever makes up routers all the time makes us look twice a second. */
  #tellSoon(): void {
    this.#news ??= setTimeout(() => {
      this.#news = null
      for (const listener of this.#listeners) listener()
    }, newsMs).unref()
  }
}

interface Heard extends Omit<Router, 'prefixes'> {
  /** By network, until when it holds. */
  readonly prefixes: ReadonlyMap<string, number>
  readonly untilMs: number
}

function wordOf({ mac, offersDefault, prefixes }: Heard): string {
  return JSON.stringify([mac, offersDefault, [...prefixes.keys()].toSorted()])
}

function openListener(libc: Libc): Opened<RawReader> {
  const opened = openRaw(libc, 'ipv6')
  if (opened.kind === 'failed') return opened
  const fullHops = Buffer.alloc(4)
  fullHops.writeUInt32LE(255)
  const reason =
    setFilter(libc, opened.value, { family: 'ipv6', pass: [advertisement] }) ??
    attachFilter(libc, opened.value, onlyFromLink)
  const isSet = libc.setsockopt(opened.value, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, fullHops) === 0
  if (reason === null && isSet) return listenRaw(libc, opened.value)
  libc.close(opened.value)
  return { kind: 'failed', reason: reason ?? "can't set the hop limit" }
}

const everyRouter = 'ff02::2'
/** Who sits on the link and makes up routers can't make us keep more. */
const mostRouters = 32
const mostPrefixes = 16
/** A router that offers no network is known for as long as one may rest between two words. */
const keptMs = 1_800_000
const newsMs = 500
/** Of the link, in a `sockaddr_in6`. */
const scopeAt = 24
const IPPROTO_IPV6 = 41
const IPV6_MULTICAST_HOPS = 18
