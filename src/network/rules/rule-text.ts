/**
 * Rules as text: the lines of `ip -batch` that `plan` shows too, and the words of logs. What one of
 * these lines adds is read back equal to the rule it was made from. It must never write a selector
 * that the model doesn't know: such a rule is not ours.
 */
import { familyWord } from '../../model/address.ts'
import { hex } from '../../model/hex.ts'
import type { Rule } from '../../model/host.ts'

/** Behind `rule add` and `rule del`; throws where the rule has more than the model knows. */
export function ruleText(rule: Rule): string {
  if (rule.other !== null || rule.action.kind === 'other') {
    throw new Error(`rule ${rule.priority} has selectors that are not ours to write`)
  }
  return [
    `pref ${rule.priority}`,
    ...selectorWords(rule),
    ...actionWords(rule),
    `protocol ${rule.protocol}`,
  ].join(' ')
}

/** `rule 5270 lookup 52`, anybody's. */
export function describeRule(rule: Rule): string {
  const words = selectorWords(rule)
  if (rule.other !== null) words.push(rule.other)
  return `${familyWord(rule.family)}rule ${[rule.priority, ...words, ...actionWords(rule)].join(' ')}`
}

function selectorWords(rule: Rule): string[] {
  const words: string[] = []
  if (rule.from !== null) words.push(`from ${rule.from}`)
  if (rule.to !== null) words.push(`to ${rule.to}`)
  if (rule.mark !== null) words.push(`fwmark ${hex(rule.mark.value)}/${hex(rule.mark.mask)}`)
  if (rule.incoming !== null) words.push(`iif ${rule.incoming}`)
  if (rule.ipProtocol !== null) {
    const icmp = rule.family === 'ipv6' ? 'ipv6-icmp' : 'icmp'
    words.push(`ipproto ${rule.ipProtocol === 'icmp' ? icmp : rule.ipProtocol}`)
  }
  if (rule.sourcePorts !== null) {
    const { first, last } = rule.sourcePorts
    words.push(`sport ${first === last ? first : `${first}-${last}`}`)
  }
  if (rule.words !== undefined) words.push(rule.words)
  return words
}

function actionWords(rule: Rule): string[] {
  switch (rule.action.kind) {
    case 'lookup': {
      const { table, suppressPrefixLength } = rule.action
      const words = [`lookup ${table}`]
      if (suppressPrefixLength !== null) {
        words.push(`suppress_prefixlength ${suppressPrefixLength}`)
      }
      return words
    }
    case 'unreachable':
    case 'blackhole':
    case 'prohibit':
      return [rule.action.kind]
    case 'other':
      return [rule.action.text]
  }
}
