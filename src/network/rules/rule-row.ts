import type { Family } from '../../model/address.ts'
import type { Rule, RuleAction } from '../../model/host.ts'

/** Whose packets a rule is for. */
export type Selector = Partial<
  Pick<Rule, 'mark' | 'incoming' | 'from' | 'to' | 'ipProtocol' | 'sourcePorts' | 'words'>
>

/** One rule of ours, in the words of DESIGN's table; families and protocol are added to it. */
export interface RuleRow {
  readonly priority: number
  readonly selector: Selector
  readonly action: RuleAction
  /** In one sentence: why the rule is there. */
  readonly why: string
  /** Left out: both families. */
  readonly family?: Family
}
