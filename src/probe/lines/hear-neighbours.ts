/**
 * Asks by ARP who is there on some links, and nothing else of anybody. It changes nothing on this
 * host, not even its own table of neighbours, and takes three seconds at most.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { macText, textOf } from '../../model/address-bytes.ts'
import type { Neighbour } from '../../model/host.ts'
import type { SearchedLink } from '../../model/line-search.ts'
import type { ArpReply } from '../messages/arp-message.ts'
import { loadLibc } from '../sockets/libc.ts'
import { PacketExchange } from './packet-exchange.ts'

/** null: they can't be asked from here. */
export async function hearNeighbours(
  links: readonly SearchedLink[],
): Promise<readonly Neighbour[] | null> {
  const load = loadLibc()
  if (load.kind === 'missing' || links.length === 0) return null
  const found = new Map<string, Neighbour>()
  const opened = await PacketExchange.open(load.libc, links, {
    onArp: (reply) => {
      const neighbour = neighbourOf(reply, links)
      if (neighbour !== null) found.set(`${neighbour.link} ${neighbour.address}`, neighbour)
    },
    onRouter: () => {},
  })
  if (opened.kind === 'failed') return null
  const exchange = opened.value
  try {
    await Promise.all(links.map((link) => askAll(link, exchange, found)))
    return exchange.trouble === null || found.size > 0 ? [...found.values()] : null
  } finally {
    exchange.close()
  }
}

/** Twice, a few at a time: who sleeps on Wi-Fi hears the second question. */
async function askAll(
  link: SearchedLink,
  exchange: PacketExchange,
  found: ReadonlyMap<string, Neighbour>,
): Promise<void> {
  const all = link.subnets.flatMap(({ own, ask }) => ask.map((address) => ({ own, address })))
  const startMs = performance.now()
  for (let pass = 0; pass < passes; pass += 1) {
    for (let at = 0; at < all.length; at += atOnce) {
      if (performance.now() - startMs > longestMs) break
      for (const { own, address } of all.slice(at, at + atOnce)) {
        if (!found.has(`${link.name} ${address}`)) exchange.askWhoHas(link, own, address)
      }
      await pause(everyMs)
    }
  }
  await pause(lastAnswersMs)
}

/** An answer to a question of ours; null for all else. */
function neighbourOf(
  { sender, asker }: ArpReply,
  links: readonly SearchedLink[],
): Neighbour | null {
  const [address, own] = [textOf(sender.ip), textOf(asker.ip)]
  const [mac, asking] = [macText(sender.hardware), macText(asker.hardware)]
  // Another interface of this host answers as well.
  if (links.some((one) => one.mac === mac)) return null
  const link = links.find(
    (one) =>
      one.mac === asking &&
      one.subnets.some((subnet) => subnet.own === own && subnet.ask.includes(address)),
  )
  return link === undefined ? null : { address, link: link.name, mac }
}

const passes = 2
/** 1,250 a second: a /24 takes 0.2 seconds, a /22 takes 0.8, each pass. */
const atOnce = 25
const everyMs = 20
const longestMs = 2_000
/** Who sleeps on Wi-Fi wakes a few times a second. */
const lastAnswersMs = 400
