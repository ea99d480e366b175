/** The routing state of a machine as text that can be compared: two equal dumps, nothing changed. */
import type { LabNode } from '../network/node.ts'

/**
 * Rules, all tables' routes and the nft ruleset. Left out is what changes by itself: counters, what
 * packets put into sets, the routes that the kernel makes for its own addresses, expiry times,
 * carrier flags.
 */
export async function dumpHost(node: Pick<LabNode, 'run'>): Promise<string> {
  const parts = await Promise.all([
    node.run('ip', '-4', 'rule', 'show'),
    node.run('ip', '-6', 'rule', 'show'),
    node.run('ip', '-4', 'route', 'show', 'table', 'all'),
    node.run('ip', '-6', 'route', 'show', 'table', 'all'),
    node.run('nft', '-s', 'list', 'ruleset').then(withoutPackets),
  ])
  const lines = parts.flatMap((part) => part.split('\n'))
  return lines
    .filter((line) => !/table local|^(local|broadcast|anycast|multicast) /.test(line))
    .map((line) => line.replace(/ expires \d+sec| linkdown| dead| error -\d+/g, '').trimEnd())
    .filter((line) => line !== '')
    .join('\n')
}

function withoutPackets(ruleset: string): string {
  return ruleset.replaceAll(/(\n\s*flags dynamic\b[^}]*?)\n\s*elements = \{[^}]*\}/g, '$1')
}
