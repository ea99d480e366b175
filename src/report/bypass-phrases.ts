/** What users read of other programs' rules that lead packets past the decision, mostly VPNs'. */
import { mainTable, type Rule } from '../model/host.ts'
import type { Bypass } from '../network/rules/bypasses.ts'
import { describeRule } from '../network/rules/rule-text.ts'

/** One sentence each; a rule that both families have is named once. */
export function describeBypasses(bypasses: readonly Bypass[]): readonly string[] {
  return once(bypasses, describeBypass)
}

/** What a dead line takes with it, half a sentence each. */
export function describeLosses(lost: readonly Bypass[]): readonly string[] {
  return once(lost, ({ rule }) => `the packets of ${nameOf(rule)} die with it`)
}

/** What of it needs the user while that line is down. */
export function describeLost(lost: readonly Bypass[]): readonly string[] {
  return once(lost, ({ rule, wan, following }) => {
    const why = following.kind === 'impossible' ? `: ${following.reason}` : ''
    return `${nameOf(rule)} still sends its packets by ${wan}, which is down${why}`
  })
}

/** The first of those that bear one name and fare alike. */
function once(bypasses: readonly Bypass[], text: (bypass: Bypass) => string): string[] {
  const texts = new Map<string, string>()
  for (const bypass of bypasses) {
    const { rule, following } = bypass
    const name = `${following.kind} ${describeRule({ ...rule, family: 'ipv4' })}`
    if (!texts.has(name)) texts.set(name, text(bypass))
  }
  return [...texts.values()]
}

function describeBypass({ rule, wan, following }: Bypass): string {
  const name = nameOf(rule)
  switch (following.kind) {
    case 'followed':
      return (
        `${name} stands before ours and sends its packets by ${wayOf({ rule, wan: null })}, ` +
        `whatever is decided; our own rules before it (${following.places.join(', ')}) make them ` +
        'follow the failover'
      )
    case 'working':
      return (
        `${name} stands before ours and chooses ${wan}: its packets follow the failover only ` +
        `while ${wan} is down`
      )
    case 'impossible':
      return (
        `${name} stands before ours and sends its packets by ${wayOf({ rule, wan })}: they die ` +
        `with that line, and we can't lead them elsewhere, for ${following.reason}. If that rule ` +
        'is yours, give it a priority above 10999'
      )
  }
}

function wayOf({ rule, wan }: Pick<Bypass, 'rule' | 'wan'>): string {
  const isMain = rule.action.kind === 'lookup' && rule.action.table === mainTable
  if (!isMain) return wan ?? 'a line that it chooses'
  return wan === null ? "main's default route" : `main's default route, now ${wan}`
}

function nameOf(rule: Rule): string {
  return `the ${describeRule(rule)} (${ownerOf(rule)})`
}

/** By the marks that these programs give their own packets. */
function ownerOf({ mark }: Rule): string {
  const owner = mark === null ? undefined : owners[`${mark.value}/${mark.mask}`]
  return owner ?? "a VPN's?"
}

const owners: Readonly<Record<string, string>> = {
  [`${0x80000}/${0xff0000}`]: "Tailscale's",
  [`${0x1bd00}/${0xffffffff}`]: "NetBird's",
  [`${0xca6c}/${0xffffffff}`]: "wg-quick's",
}
