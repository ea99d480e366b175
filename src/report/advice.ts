/**
 * What on this host keeps clients' packets from getting through, in plain words with the remedy.
 * We change none of it: the settings are the host's.
 */
import { byFamily, families, familyOf } from '../model/address.ts'
import type { ForwardingState } from '../model/host.ts'
import type { Settings } from '../model/settings/settings.ts'
import { gatewayOf, type Uplink } from '../model/uplink.ts'
import { neighboursOf, type Surroundings } from '../network/neighbours.ts'
import { contains } from '../network/networks.ts'
import { sharedAddresses } from '../network/shared-addresses.ts'

export interface Advice {
  /** `error`: clients get no Internet through us; `hint`: worth knowing. */
  readonly level: 'error' | 'hint'
  readonly text: string
}

export function adviseForwarding(
  forwarding: ForwardingState,
  uplinks: readonly Uplink[],
): readonly Advice[] {
  const advice: Advice[] = []
  if (!forwarding.ipForward) {
    advice.push({
      level: 'error',
      text:
        'forwarding is off (net.ipv4.ip_forward=0): this host is online, but devices that use it ' +
        'as their gateway get no Internet. Docker switches it on; on plain Debian, run ' +
        "'sysctl -w net.ipv4.ip_forward=1' and write net.ipv4.ip_forward=1 into " +
        '/etc/sysctl.d/90-wan-failover.conf',
    })
  }
  if (forwarding.forwardPolicy === 'drop' && !forwarding.amendable) {
    advice.push({
      level: 'error',
      text: isDockers(forwarding)
        ? 'the firewall drops forwarded packets (Docker sets FORWARD to DROP): devices that use ' +
          "this host as their gateway get no Internet. Run 'iptables -I DOCKER-USER -j ACCEPT', " +
          'or accept only your LAN, with -s and -d'
        : 'the firewall drops forwarded packets (its forward chain has the policy drop): devices ' +
          'that use this host as their gateway get no Internet. Accept your LAN in that firewall',
    })
  }
  return [
    ...advice,
    ...strictReversePath(forwarding, uplinks),
    ...sharedLinks(uplinks),
    ...twins(uplinks),
  ]
}

/** iptables' own chain, which Docker has set to drop; any other one is another firewall's. */
function isDockers({ dockerUser, droppingChain }: ForwardingState): boolean {
  return dockerUser && /^ip6? filter /.test(droppingChain ?? '')
}

function strictReversePath(forwarding: ForwardingState, uplinks: readonly Uplink[]): Advice[] {
  const strict = uplinks
    .map(({ link }) => link)
    .filter((link): link is string => link !== null && forwarding.reversePathFilter[link] === 1)
  if (strict.length === 0 || new Set(uplinks.map(({ link }) => link)).size < 2) return []
  const links = [...new Set(strict)]
  const loosening = links.map((link) => `net.ipv4.conf.${link}.rp_filter=2`).join(' ')
  return [
    {
      level: 'hint',
      text:
        `reverse path filtering is strict on ${links.join(', ')} (rp_filter=1): replies are ` +
        'dropped to devices that use another WAN than the default policy does, by a policy of ' +
        'their own or because their connections stayed there, and beside a VPN that takes ' +
        `everything, replies to probes too. 'sysctl -w ${loosening}' makes it loose. 'sysctl -w ` +
        "net.ipv4.conf.all.src_valid_mark=1' is enough only for a VPN that puts its mark back on " +
        'replies, as Tailscale and wg-quick do: it helps neither devices nor probes',
    },
  ]
}

function sharedLinks(uplinks: readonly Uplink[]): Advice[] {
  const shared = uplinks.find(({ sharesLink }) => sharesLink)
  if (shared === undefined) return []
  const passBy: Advice = {
    level: 'hint',
    text:
      `several WANs are on ${shared.link}: their gateways reach your devices directly, so port ` +
      'forwards and other inbound packets for devices bypass this host',
  }
  return [passBy]
}

/** Nobody on a link that WANs share has said which of its networks is whose. */
export function adviseRouters(uplinks: readonly Uplink[]): readonly string[] {
  const silent = uplinks.filter(({ sharesLink, ways }) => {
    const gateway = gatewayOf({ ways }, 'ipv6')
    return sharesLink && gateway !== null && ways.ipv6.prefixes.length === 0
  })
  if (silent.length === 0) return []
  const who = silent.map((one) => `${gatewayOf(one, 'ipv6')} (${one.name})`).join(' and ')
  return [
    `nobody tells which IPv6 network is that of ${who} on ${silent[0]?.link}: no router says so ` +
      'itself. IPv6 of the second line may look dead, and devices keep the addresses of the first ' +
      'when the line changes. Switch router advertisements on in the router, or set gateway6 to ' +
      'its global address (like 2001:db8:1::1)',
  ]
}

/** What is forwarded to an address that nobody on this machine's links, nor behind a router there, can have. */
export function adviseForwards(
  { forwards = [] }: Pick<Settings, 'forwards'>,
  surroundings: Surroundings,
): readonly string[] {
  if (forwards.length === 0) return []
  const near = byFamily((family) => neighboursOf(family, surroundings))
  const lost = forwards.flatMap(({ to }, index) =>
    near[familyOf(to)].some((network) => contains(network, to))
      ? []
      : [`forwards[${index}] (to ${to})`],
  )
  if (lost.length === 0) return []
  const more = lost.length > mostNamed ? ` and ${lost.length - mostNamed} more` : ''
  return [
    `${lost.slice(0, mostNamed).join(', ')}${more}: this machine has no such network on a link and ` +
      'no route to it, so what comes in by the tunnel gets lost. Name a device on your LAN, or add ' +
      'a route to its network',
  ]
}

/** WANs with one address, as two modems of one kind lease them. */
function twins(uplinks: readonly Uplink[]): Advice[] {
  return families.flatMap((family) =>
    [...sharedAddresses(uplinks, family)].map(([address, both]): Advice => {
      const [first] = both
      const gateways = new Set(both.map((uplink) => gatewayOf(uplink, family)))
      const gateway = first === undefined ? null : gatewayOf(first, family)
      const page =
        gateways.size === 1 && gateway !== null
          ? `; ${gateway} is the gateway of both, so its page and its DNS are always those of one`
          : ''
      return {
        level: 'hint',
        text:
          `${both.map(({ name }) => name).join(' and ')} have the same address, ${address}: ` +
          `their connections are told apart by marks, and both work${page}. Better: set another ` +
          'network in one of the modems',
      }
    }),
  )
}

const mostNamed = 4
