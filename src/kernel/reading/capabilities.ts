/**
 * Tries what this kernel can do. The kernel checks nft's attempts and then drops them, never
 * commits them; the multipath route lives for an instant in a table that nobody uses.
 */
import type { Capabilities, HostState } from '../../model/host.ts'
import { ourProtocol } from '../../model/marks.ts'
import type { Tools } from '../tools/run-tool.ts'
import { runTool } from '../tools/run-tool.ts'
import { readSetting } from './kernel-settings.ts'
import type { Sessions } from './read-host.ts'

export interface CapabilityTools {
  readonly tools: Tools
  readonly sessions: Sessions
  readonly host: Pick<HostState, 'routes' | 'rules'>
}

const scratchTable = 'wan_failover_scratch'

export async function tryCapabilities(options: CapabilityTools): Promise<Capabilities> {
  const { tools, sessions, host } = options
  const [byNft, conntrack, multipath] = await Promise.all([
    tryNft(tools.nft),
    hasConntrack(tools.conntrack),
    hasMultipath(sessions, unusedTable(host)),
  ])
  const forwarding = readSetting('ipv4/ip_forward') === 1
  return { ...byNft, conntrack, multipath, forwarding }
}

const mangling = 'filter hook prerouting priority mangle'
const translating = 'nat hook postrouting priority srcnat'

/** What each stands and falls with. */
const attempts = {
  nft: { hook: mangling, rule: 'meta mark set 1' },
  ctMark: { hook: mangling, rule: 'ct mark set 1' },
  nat6: { hook: translating, rule: 'ip6 saddr ::1 masquerade' },
  prefix6: { hook: translating, rule: 'snat ip6 prefix to 2001:db8::/64' },
  dnat: {
    hook: 'nat hook output priority -99',
    rule: 'ct original ip daddr 192.0.2.1 dnat ip to 192.0.2.2',
  },
  setCounters: {
    hook: 'filter hook forward priority 0',
    rule: 'update @s { ip saddr counter }',
  },
}

type Attempt = keyof typeof attempts

/** All in one transaction, which most kernels take; where one doesn't, each by itself. */
async function tryNft(command: string): Promise<Readonly<Record<Attempt, boolean>>> {
  const names = Object.keys(attempts) as Attempt[]
  const takesAll = await checkNft(command, names)
  const answers = names.map(async (name) => [name, takesAll || (await checkNft(command, [name]))])
  return Object.fromEntries(await Promise.all(answers))
}

/** `--check` sends the transaction to the kernel without its end, so it is never committed. */
async function checkNft(command: string, names: readonly Attempt[]): Promise<boolean> {
  const script = [
    `add table inet ${scratchTable}`,
    `add set inet ${scratchTable} s { type ipv4_addr; flags dynamic,timeout; timeout 1m; size 8; }`,
    ...names.flatMap((name) => [
      `add chain inet ${scratchTable} try_${name} { type ${attempts[name].hook}; }`,
      `add rule inet ${scratchTable} try_${name} ${attempts[name].rule}`,
    ]),
  ].join('; ')
  return (await runTool(command, ['--check', script])).kind === 'done'
}

/** Asks for a connection that can't be (RFC 5737 addresses): only a table can deny it. */
async function hasConntrack(command: string): Promise<boolean> {
  const tuple = [
    '-p',
    'udp',
    '-s',
    '192.0.2.1',
    '-d',
    '198.51.100.1',
    '--sport',
    '9',
    '--dport',
    '9',
  ]
  const answer = await runTool(command, ['-G', ...tuple])
  if (answer.kind === 'done') return true
  return answer.kind === 'failed' && /doesn't exist/.test(answer.error)
}

/** RFC 5737's documentation network: nobody's traffic is meant for it. */
const scratchRoute = '192.0.2.0/24'

async function hasMultipath(sessions: Sessions, table: number): Promise<boolean> {
  // Marked as ours: where we are killed before it is gone, the next start takes it away.
  const key = `${scratchRoute} table ${table} proto ${ourProtocol}`
  const [added] = await sessions.ipv4.run([
    `route add ${key} nexthop dev lo weight 1 nexthop dev lo weight 2`,
    `route del ${key}`,
  ])
  if (added === undefined) return false
  // With the loopback down the kernel has understood both ways and only misses the link.
  return added.kind === 'done' || /Network is down|device is not up/.test(added.error)
}

/** High above what people and tools choose by hand. */
const firstScratchTable = 0x7fff0000

function unusedTable({ routes, rules }: CapabilityTools['host']): number {
  const used = new Set(routes.map((route) => route.table))
  for (const { action } of rules) if (action.kind === 'lookup') used.add(action.table)
  let table = firstScratchTable
  while (used.has(table)) table += 1
  return table
}
