import type { Family } from '../../src/model/address.ts'
import type { Rule, RuleAction } from '../../src/model/host.ts'
import { ourProtocol } from '../../src/model/marks.ts'

/** A rule of the kernel's that sends everybody to `main`, unless told otherwise. */
export function exampleRule(priority: number, changes: Partial<Rule> = {}): Rule {
  return {
    family: 'ipv4',
    priority,
    protocol: 2,
    mark: null,
    incoming: null,
    from: null,
    to: null,
    ipProtocol: null,
    sourcePorts: null,
    other: null,
    action: lookUp(254),
    ...changes,
  }
}

/** A rule of ours that sends everybody to table 100, unless told otherwise. */
export function ourRule(rule: Partial<Rule> & { readonly priority: number }): Rule {
  return exampleRule(rule.priority, { protocol: ourProtocol, action: lookUp(100), ...rule })
}

export function lookUp(table: number, suppressPrefixLength: number | null = null): RuleAction {
  return { kind: 'lookup', table, suppressPrefixLength }
}

/** The rules that every kernel starts with. */
export const kernelRules: readonly Rule[] = [
  kernelRule('ipv4', 0, 255),
  kernelRule('ipv4', 32766, 254),
  kernelRule('ipv4', 32767, 253),
  kernelRule('ipv6', 0, 255),
  kernelRule('ipv6', 32766, 254),
]

function kernelRule(family: Family, priority: number, table: number): Rule {
  return exampleRule(priority, { family, action: lookUp(table) })
}
