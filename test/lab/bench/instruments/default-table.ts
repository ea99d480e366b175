import type { LabNode } from '../../network/node.ts'

/** The priority of the rule that is the failover itself. */
export const failoverPriority = 10_900

/** Throws unless the kernel's rule sends everything to this table, and to no other. */
export async function assertDefaultTable(host: LabNode, table: string): Promise<void> {
  const rules = JSON.parse(await host.run('ip', '-4', '-N', '-j', 'rule', 'show')) as unknown[]
  const tables = rules
    .filter(
      (rule): rule is { priority: number; table: string } =>
        typeof rule === 'object' &&
        rule !== null &&
        'priority' in rule &&
        rule.priority === failoverPriority &&
        'table' in rule,
    )
    .map((rule) => rule.table)
  if (tables.length === 1 && tables[0] === table) return
  throw new Error(`the rule ${failoverPriority} leads to [${tables.join()}], not to ${table}`)
}
