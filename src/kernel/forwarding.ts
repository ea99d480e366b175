/** What decides whether clients' packets pass: the kernel's settings and others' chains. */
import * as v from 'valibot'
import type { ForwardingState } from '../model/host.ts'
import { nftTable } from '../model/marks.ts'
import { readSetting, readText, settingLinks } from './kernel-settings.ts'
import { runTool } from './run-tool.ts'

export async function readForwarding(nftCommand: string): Promise<ForwardingState> {
  const links = settingLinks('ipv4')
  const chains = await readChains(nftCommand)
  const dropping = chains?.find(dropsForwarded) ?? null
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
    dockerUser: chains?.some(({ name }) => name === 'DOCKER-USER') ?? false,
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

const chainSchema = v.object({
  family: v.string(),
  table: v.string(),
  name: v.string(),
  hook: v.optional(v.string()),
  policy: v.optional(v.string()),
})
const listSchema = v.object({
  nftables: v.array(v.looseObject({ chain: v.optional(v.unknown()) })),
})

type Chain = v.InferOutput<typeof chainSchema>

/** Every chain of every family; null where nft can't say. */
async function readChains(command: string): Promise<readonly Chain[] | null> {
  const answer = await runTool(command, ['-j', 'list', 'chains'])
  if (answer.kind !== 'done') return null
  const list = v.safeParse(listSchema, parseJson(answer.output))
  if (!list.success) return null
  return list.output.nftables.flatMap(({ chain }) => {
    const parsed = v.safeParse(chainSchema, chain)
    return parsed.success ? [parsed.output] : []
  })
}

/** Families whose forward hook a client's IP packet passes. */
const forwardedFamilies = ['ip', 'ip6', 'inet']

function dropsForwarded(chain: Chain): boolean {
  const ours = chain.family === 'inet' && chain.table === nftTable
  return (
    !ours &&
    chain.hook === 'forward' &&
    chain.policy === 'drop' &&
    forwardedFamilies.includes(chain.family)
  )
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
