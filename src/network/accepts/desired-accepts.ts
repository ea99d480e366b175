/**
 * Docker sets the chain for forwarded packets to drop, and leaves DOCKER-USER to accept in. Ours
 * let clients and WANs speak to each other, one for each pair of links: on one subnet a single
 * one. They match by links and not by marks, for a packet's mark says which way it was routed. No
 * bridge of containers is ever among the links, so what Docker keeps closed stays closed.
 */
import ipaddr from 'ipaddr.js'
import { type Family, families } from '../../model/address.ts'
import type { DockerAccept, HostState } from '../../model/host.ts'
import { nftTable } from '../../model/marks.ts'
import type { Settings } from '../../model/settings/settings.ts'
import type { Uplink } from '../../model/uplink.ts'
import { onLinkNetworks } from '../neighbours.ts'
import { forwardingLinks } from '../tunnels/forward-chains.ts'
import type { Wanted } from '../wanted.ts'

/** Docker's chain for rules of its users, which its engine makes once and leaves alone. */
export const dockerChain = 'DOCKER-USER'

/** This comment marks ours, whatever they match. */
export const acceptComment = nftTable

/** Two with the same words are the same one. */
export function acceptKey({ family, words }: DockerAccept): string {
  return `accept ${family} ${words}`
}

/** The command that makes one stand, as a user would enter it. */
export function dockerCommand({ family, words }: DockerAccept): string {
  return `${family === 'ipv4' ? 'iptables' : 'ip6tables'} -I ${dockerChain} ${words}`
}

export function desiredAccepts(wanted: Wanted): DockerAccept[] {
  const { settings, uplinks, host } = wanted
  const { docker } = host
  if (docker === null) return []
  const due = docker.drops.flatMap((family) => {
    const outward = wanLinks(settings, uplinks, family)
    const inward = lanLinks({ settings, uplinks, host }, family)
    const words = [...acceptsBetween(inward, outward), ...acceptsOf(wanted, inward, family)]
    return words.map((one) => ({ family, words: one }))
  })
  // A WAN that is nowhere just now comes back: keep what it has, and no failover waits for it.
  const unplaced = uplinks.some(
    ({ link, ways }) =>
      link === null || families.every((family) => ways[family].addresses.length === 0),
  )
  const kept = unplaced ? docker.accepts.filter(({ family }) => docker.drops.includes(family)) : []
  const all = [...due, ...kept]
  return [...new Map(all.map((accept) => [acceptKey(accept), accept])).values()]
}

/**
 * Whatever comes from a client's link may leave by a WAN. What comes in may only answer: where the
 * links differ this host sees both halves of a flow, so connection tracking knows an answer. On a
 * shared link it sees one half, and all that arrives could have gone past it anyway.
 */
function acceptsBetween(inward: readonly string[], outward: readonly string[]): string[] {
  const begin = inward.flatMap((lan) => outward.map((wan) => acceptWords(lan, wan, [])))
  const answer = outward.flatMap((wan) =>
    inward
      .filter((lan) => !inward.includes(wan) || !outward.includes(lan))
      .map((lan) => acceptWords(wan, lan, answersOnly)),
  )
  return [...begin, ...answer]
}

/**
 * What was forwarded by a tunnel's address may begin, too. With IPv6 nothing is redirected, so
 * nothing shows what was forwarded: it is known by the device that it goes to.
 */
function acceptsOf(wanted: Wanted, inward: readonly string[], family: Family): string[] {
  const forwarding = forwardingLinks(wanted, family)
  return forwarding.flatMap(({ link, devices }) =>
    inward.flatMap((lan) =>
      family === 'ipv4'
        ? acceptWords(link, lan, ['-m conntrack --ctstate DNAT'])
        : devices.map((to) => `-d ${to}/128 ${acceptWords(link, lan, [])}`),
    ),
  )
}

const answersOnly = ['-m conntrack --ctstate RELATED,ESTABLISHED']

/** In the order in which `iptables -S` prints it, or we would not know it again. */
function acceptWords(incoming: string, outgoing: string, matches: readonly string[]): string {
  const links = `-i ${incoming} -o ${outgoing}`
  return [links, ...matches, `-m comment --comment ${acceptComment}`, '-j ACCEPT'].join(' ')
}

/** By the options, not by what they have learned: a lost gateway changes nothing here. */
function wanLinks(
  settings: Settings,
  uplinks: readonly Uplink[],
  family: Family,
): readonly string[] {
  const links = uplinks.flatMap(({ index, link }) => {
    const unused = settings.wans[index]?.ways[family].kind === 'none'
    return link === null || unused ? [] : [link]
  })
  return [...new Set(links)]
}

/**
 * Where clients may be: links of their own that have a network of this family, and the links of
 * WANs that have clients beside the gateway.
 */
function lanLinks(
  { settings, uplinks, host }: Omit<Wanted, 'decision'>,
  family: Family,
): readonly string[] {
  const ofWans = new Set(uplinks.map(({ link }) => link))
  const own = (host.docker?.clientLinks ?? [])
    .filter((link) => !ofWans.has(link) && networksOf(link, family, host).length > 0)
    .slice(0, maxLanLinks)
  const shared = wanLinks(settings, uplinks, family).filter((link) =>
    mayHaveClients(
      uplinks.filter((uplink) => uplink.link === link),
      settings,
    ),
  )
  return [...shared, ...own]
}

/**
 * Several WANs on one link are on the LAN. A single one may be, behind a home router: then the
 * address is private (RFC 1918). A metered one is a stick or a telephone.
 */
function mayHaveClients(onLink: readonly Uplink[], settings: Settings): boolean {
  if (onLink.length > 1) return true
  return onLink.some(
    ({ index, ways }) =>
      settings.wans[index]?.metered === false &&
      families.some((family) => ways[family].addresses.some(({ address }) => isPrivate(address))),
  )
}

function isPrivate(address: string): boolean {
  return ipaddr.parse(address).range() === 'private'
}

function networksOf(link: string, family: Family, host: HostState): string[] {
  const addresses = host.addresses.filter((address) => address.link === link)
  return onLinkNetworks(addresses, family)
}

/** More networks than a home has; each costs a rule a WAN. */
const maxLanLinks = 16
