/** What decides whether clients' packets pass: the kernel's settings and others' chains. */
import type { Family } from '../../model/address.ts'
import type { ForwardingState } from '../../model/host.ts'
import { nftTable } from '../../model/marks.ts'
import { dockerChain } from '../../network/accepts/desired-accepts.ts'
import { readSetting, readText, settingLinks } from './kernel-settings.ts'
import { type Chain, dropsForwarded, readChains } from './nft-chains.ts'

/** `amendable`: the families in which an accept of ours in DOCKER-USER lets clients pass. */
export async function readForwarding(
  nftCommand: string,
  amendable: readonly Family[],
): Promise<ForwardingState> {
  const links = settingLinks('ipv4')
  const chains = await readChains(nftCommand)
  const drops = chains?.filter(dropsClients) ?? []
  const lasting = drops.find((chain) => !isAmendable(chain, amendable))
  const dropping = lasting ?? drops[0] ?? null
  return {
    ipForward: readSetting('ipv4/ip_forward') === 1,
    ip6Forward: readSetting('ipv6/conf/all/forwarding') === 1,
    // The kernel takes the larger of both for rp_filter, and either one for sending redirects.
    reversePathFilter: byLink(links, (link) =>
      Math.max(setting('all', 'rp_filter'), setting(link, 'rp_filter')),
    ),
    sendRedirects: byLink(
      links,
      (link) => setting('all', 'send_redirects') === 1 || setting(link, 'send_redirects') === 1,
    ),
    acceptRedirects: byLink(links, acceptsRedirects),
    forwardPolicy: forwardPolicyOf(chains, dropping),
    droppingChain: dropping === null ? null : nameOf(dropping),
    dockerUser: chains?.some(({ name }) => name === dockerChain) ?? false,
    amendable: dropping !== null && lasting === undefined,
  }
}

function setting(link: string, name: string): number {
  return readSetting(`ipv4/conf/${link}/${name}`) ?? 0
}

/** Documentation/networking/ip-sysctl.rst: a router needs both, a host one of the two. */
function acceptsRedirects(link: string): boolean {
  const all = setting('all', 'accept_redirects') === 1
  const own = setting(link, 'accept_redirects') === 1
  return setting(link, 'forwarding') === 1 ? all && own : all || own
}

function byLink<Value>(
  links: readonly string[],
  read: (link: string) => Value,
): Record<string, Value> {
  return Object.fromEntries(links.map((link) => [link, read(link)]))
}

/** Families whose forward hook a client's IP packet passes. */
const forwardedFamilies = ['ip', 'ip6', 'inet']

function dropsClients(chain: Chain): boolean {
  const ours = chain.family === 'inet' && chain.table === nftTable
  return !ours && dropsForwarded(chain) && forwardedFamilies.includes(chain.family)
}

/** iptables' own FORWARD, which asks DOCKER-USER before it drops. */
function isAmendable({ family, table }: Chain, amendable: readonly Family[]): boolean {
  const one = family === 'ip' ? 'ipv4' : family === 'ip6' ? 'ipv6' : null
  return table === 'filter' && one !== null && amendable.includes(one)
}

function forwardPolicyOf(
  chains: readonly Chain[] | null,
  dropping: Chain | null,
): ForwardingState['forwardPolicy'] {
  if (dropping !== null) return 'drop'
  // Rules of iptables-legacy are not in nft's lists; this file names their tables.
  const legacy = (readText('/proc/self/net/ip_tables_names') ?? '').split('\n').includes('filter')
  return chains === null || legacy ? 'unknown' : 'accept'
}

function nameOf(chain: Chain): string {
  return `${chain.family} ${chain.table} ${chain.name}`
}
