/**
 * Twenty hosts, each in a situation of its own. What matters less, as who is known by his MAC,
 * follows from the host's number: the same number, the same host.
 */
import { type ExampleLink, exampleHost } from '../examples/example-host.ts'
import { exampleRoute } from '../examples/example-route.ts'
import { kernelRules } from '../examples/example-rule.ts'
import { Random } from '../random.ts'
import { hostSituations, type Situation } from './host-situations.ts'
import { clientMacs, clients, houseLines, ownAddresses } from './house-lines.ts'

export type Host = ReturnType<typeof exampleHost>
type Docker = NonNullable<Host['docker']>

export const hostCount = hostSituations.length

export function randomHost(number: number): Host {
  const situation = hostSituations[number - 1]
  if (situation === undefined) throw new Error(`there are hosts 1 to ${hostCount}`)
  const random = new Random(0x405700 + number)
  const { links, routes, docker, accepts = [], rules = [], changes } = situation
  const ipv6 = situation.ipv6 !== 'none'
  const kernel = kernelRules.filter(({ family }) => ipv6 || family === 'ipv4')
  const host = exampleHost(
    links.map((name) => linkOf(name, situation)),
    routes.map((text) => exampleRoute(text)),
    {
      ipv6,
      rules: [...kernel, ...rules].sort((a, b) => a.priority - b.priority),
      neighbours: randomNeighbours(random, links),
      docker: docker === undefined ? null : dockerOf(docker, accepts, links),
    },
  )
  const typed = { ...host, links: host.links.map(typedLink) }
  return changes === undefined ? typed : changes(typed)
}

export function describeHost(number: number): string {
  return hostSituations[number - 1]?.what ?? 'none'
}

function linkOf(name: string, situation: Situation): ExampleLink {
  const { ipv6, switchedOff = [], withoutCarrier = [], alone = [] } = situation
  const isThere = (text: string) =>
    !text.includes(':') || ipv6 === undefined || (ipv6 !== 'none' && text.startsWith('fe80:'))
  const addresses = (ownAddresses[name] ?? [])
    .filter(isThere)
    .map((text) => (alone.includes(name) ? text.replace(/^([\d.]+)\/\d+$/, '$1/32') : text))
  return {
    name,
    addresses,
    ...(switchedOff.includes(name) ? { down: true } : {}),
    ...(withoutCarrier.includes(name) ? { noCarrier: true } : {}),
  }
}

function typedLink(link: Host['links'][number]): Host['links'][number] {
  const { name, index } = link
  if (name === 'lo') return { ...link, type: 'loopback' }
  if (/^(ppp|wg|tun|tailscale)/.test(name)) {
    return { ...link, type: name.startsWith('ppp') ? 'ppp' : 'none' }
  }
  return { ...link, mac: `02:00:00:00:00:${index.toString(16).padStart(2, '0')}` }
}

/** Routers and devices; of two routers on one link often only one has been spoken to. */
function randomNeighbours(
  random: Random,
  links: readonly string[],
): NonNullable<Host['neighbours']> {
  const routers = houseLines
    .filter(({ link }) => links.includes(link))
    .filter(() => random.chance(0.7))
    .map(({ link, gateway, mac }) => ({ address: gateway, link, mac }))
  const devices = [...clients.ipv4, ...clients.ipv6]
    .filter(() => random.chance(0.3))
    .map((address, i) => ({ address, link: 'eth0', mac: clientMacs[i % clientMacs.length] ?? '' }))
  return [...routers, ...devices]
}

function dockerOf(
  drops: Docker['drops'],
  accepts: readonly string[],
  links: readonly string[],
): Docker {
  return {
    drops,
    accepts: accepts.map((words) => ({ family: 'ipv4', words })),
    clientLinks: links.filter((link) => /^(eth|lan|wlan|usb)/.test(link)),
  }
}
