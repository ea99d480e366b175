/** What is known of rules: which are ours, when two are the same, what a change does to one. */
import type { HostState, Rule } from '../../model/host.ts'
import { maxUses, ourProtocol, priorities, priorityRange } from '../../model/marks.ts'
import type { ChangeOf, IpOperationsOf } from '../diff/change.ts'
import type { DesiredState } from '../wanted.ts'
import { describeRule, ruleText } from './rule-text.ts'

type Addition = ChangeOf<'add_rule'>
type Deletion = ChangeOf<'delete_rule'>

export function isOurRule(rule: Rule): boolean {
  const { first, last } = priorityRange
  if (rule.protocol !== ourProtocol) return false
  return isFollower(rule) || (rule.priority >= first && rule.priority <= last)
}

/** It stands before all others of ours, with the selector of another program's rule. */
export function isFollower(rule: Rule): boolean {
  const isOurs = rule.protocol === ourProtocol && rule.priority < priorityRange.first
  return isOurs && hasSelector(rule)
}

/** It is for some packets only. */
export function hasSelector(rule: Rule): boolean {
  const { from, to, mark, incoming, ipProtocol, sourcePorts, words = null, other } = rule
  const selectors = [from, to, mark, incoming, ipProtocol, sourcePorts, words, other]
  return selectors.some((selector) => selector !== null)
}

/** It leads traffic to a WAN that was decided on, by the default policy's rule or a policy's mark. */
export function isDecisionRule({ priority }: Rule): boolean {
  const marked = priority >= priorities.use(0) && priority < priorities.use(maxUses)
  return marked || (priority >= priorities.ownDefault && priority <= priorities.defaultPolicy)
}

/** The default policy's own: for packets that nft gives no mark. */
export function isForUnmarked({ priority }: Rule): boolean {
  return priority >= priorities.ownDefault && priority <= priorities.defaultPolicy + 1
}

export interface RuleChanges {
  /** All that are to be added, in the kernel's order: the two parts below. */
  readonly missing: readonly Addition[]
  /** Nothing stands in their place yet. */
  readonly fresh: readonly Addition[]
  /** They take another one's place, and with it its traffic. */
  readonly flips: readonly Addition[]
  /** They have a successor, or no packet that nft marks asks them. Backwards. */
  readonly replaced: readonly Deletion[]
  /** Without a successor: packets that still have their mark would go by the default. Backwards. */
  readonly abandoned: readonly Deletion[]
}

export function ruleChanges(desired: DesiredState, host: HostState): RuleChanges {
  const standing = new Map(host.rules.filter(isOurRule).map((rule) => [ruleKey(rule), rule]))
  const wanted = new Set(desired.rules.map(ruleKey))
  const missing = desired.rules.filter((rule) => !standing.has(ruleKey(rule)))
  const surplus = [...standing].reverse().flatMap(([key, rule]) => (wanted.has(key) ? [] : [rule]))
  const preceded = new Set(surplus.map(rulePlace))
  const succeeded = new Set(desired.rules.map(rulePlace))
  const isFlip = (rule: Rule) => preceded.has(rulePlace(rule))
  const isReplaced = (rule: Rule) => succeeded.has(rulePlace(rule)) || isForUnmarked(rule)
  return {
    missing: missing.map(addition),
    fresh: missing.filter((rule) => !isFlip(rule)).map(addition),
    flips: missing.filter(isFlip).map(addition),
    replaced: surplus.filter(isReplaced).map(deletion),
    abandoned: surplus.filter((rule) => !isReplaced(rule)).map(deletion),
  }
}

export function ruleKeys({ rules }: DesiredState): string[] {
  return rules.map(ruleKey)
}

const everyRule = {
  subject: 'rules',
  key: ({ rule }: Addition | Deletion) => ruleKey(rule),
  place: ({ rule }: Addition | Deletion) => rulePlace(rule),
  describe: ({ rule }: Addition | Deletion) => describeRule(rule),
  // Where a policy fails closed is no matter of what was decided.
  carriesDecision: ({ rule }: Addition | Deletion) =>
    isDecisionRule(rule) && rule.action.kind === 'lookup',
  family: ({ rule }: Addition | Deletion) => rule.family,
}

export const ruleOperations: IpOperationsOf<'add_rule' | 'delete_rule'> = {
  add_rule: {
    ...everyRule,
    doing: 'adding',
    inverse: ({ rule }) => deletion(rule),
    line: ({ rule }) => `rule add ${ruleText(rule)}`,
  },
  delete_rule: {
    ...everyRule,
    doing: 'deleting',
    inverse: ({ rule }) => addition(rule),
    line: ({ rule }) => `rule del ${ruleText(rule)}`,
  },
}

function addition(rule: Rule): Addition {
  return { kind: 'add_rule', rule }
}

function deletion(rule: Rule): Deletion {
  return { kind: 'delete_rule', rule }
}

/** A rule has nothing that could change: with any other word it is another rule. */
function ruleKey(rule: Rule): string {
  const { family, priority, action } = rule
  return `rule ${priority} ${family} ${selectorKey(rule)} ${JSON.stringify(action)}`
}

/** Rules of one place take each other's: the new one stands before the old one goes. */
function rulePlace(rule: Rule): string {
  const { family, priority, incoming } = rule
  // Those that follow others' rules may share a priority, each with packets of its own.
  return `rule ${family} ${priority} ${isFollower(rule) ? selectorKey(rule) : incoming}`
}

function selectorKey(rule: Rule): string {
  const { mark, incoming, from, to, ipProtocol, sourcePorts, words, other } = rule
  return JSON.stringify({ mark, incoming, from, to, ipProtocol, sourcePorts, words, other })
}
