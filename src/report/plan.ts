/**
 * The plan as text: what would be set up, as the commands of `ip`, `nft` and `iptables` that
 * would do it.
 */

import { dockerCommand } from '../network/accepts/desired-accepts.ts'
import type { IpChange } from '../network/diff/change.ts'
import { ipCommand } from '../network/diff/operations.ts'
import { rescuedQueries } from '../network/rescued-queries.ts'
import { reasonsOfRules } from '../network/rules/desired-rules.ts'
import type { DesiredState, Wanted } from '../network/wanted.ts'
import { describeAnswer } from './describe-answer.ts'

export interface Plan {
  readonly rules: readonly { readonly command: string; readonly why: string }[]
  readonly routes: readonly string[]
  /** An nft script; null where nothing of ours is in nft. */
  readonly nft: string | null
  /** `iptables` and `ip6tables`; empty where Docker drops no forwarded packets. */
  readonly accepts: readonly string[]
  /** What becomes of queries to a silent resolver, a sentence each; left out: nothing. */
  readonly rescues?: readonly string[]
  /** Where new connections avoid the WAN that was decided on, a sentence each; left out: nowhere. */
  readonly detours?: readonly string[]
}

export function plan(desired: DesiredState, wanted: Wanted, detours: readonly string[] = []): Plan {
  const reasons = reasonsOfRules(wanted)
  const rescues = rescuedQueries(wanted).answers.map(describeAnswer)
  return {
    rules: desired.rules.map((rule) => ({
      command: commandOf({ kind: 'add_rule', rule }),
      why: reasons[rule.family].get(rule.priority) ?? '',
    })),
    routes: desired.routes.map((route) => commandOf({ kind: 'replace_route', route })),
    nft: desired.nft,
    accepts: desired.accepts.map((accept) => dockerCommand(accept)),
    ...(rescues.length === 0 ? {} : { rescues }),
    ...(detours.length === 0 ? {} : { detours }),
  }
}

export function planText({
  rules,
  routes,
  nft,
  accepts,
  rescues = [],
  detours = [],
}: Plan): string {
  const lines: string[] = ['# routes: each WAN has a table of its own', ...routes, '', '# rules']
  lines.push(...detours.map((sentence) => `# ${sentence}`))
  let before = ''
  for (const { command, why } of rules) {
    if (why !== before) lines.push(`# ${why}`)
    before = why
    lines.push(command)
  }
  if (rescues.length > 0) lines.push('', ...rescues.map((sentence) => `# ${sentence}`))
  if (nft !== null) lines.push('', "# nft -f - <<'END'", nft.trimEnd(), '# END')
  if (accepts.length > 0) {
    lines.push('', '# Docker drops forwarded packets; what LAN and WANs send each other passes')
    lines.push(...accepts)
  }
  return lines.join('\n')
}

function commandOf(change: IpChange): string {
  const { family, line } = ipCommand(change)
  return `ip ${family === 'ipv6' ? '-6' : '-4'} ${line}`
}
