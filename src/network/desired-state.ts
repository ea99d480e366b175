/**
 * What the kernel should hold of ours, as one plain value: rules, routes, the nft script and the
 * accepts among Docker's rules, built whole from the options, the uplinks and the decision. It is
 * compared and printed, never patched.
 */
import { byFamily, families } from '../model/address.ts'
import { desiredAccepts } from './accepts/desired-accepts.ts'
import { quotasUsed } from './nft/chains/metering-chains.ts'
import { desiredTable } from './nft/desired-table.ts'
import { printTable } from './nft/print-table.ts'
import { desiredRoutes } from './routes/desired-routes.ts'
import { desiredRules } from './rules/desired-rules.ts'
import { isDecisionRule, isOurRule } from './rules/rule-operations.ts'
import type { DesiredState, Wanted } from './wanted.ts'

/** Nothing of ours at all: what `cleanup` and `on_stop: restore` want. */
export const nothing: DesiredState = {
  rules: [],
  routes: [],
  table: null,
  nft: null,
  holdFirst: false,
  accepts: [],
}

export function desiredState(wanted: Wanted): DesiredState {
  const table = desiredTable(wanted)
  return {
    rules: desiredRules(wanted),
    routes: desiredRoutes(wanted.uplinks, wanted.host),
    table,
    nft: table === null ? null : printTable(table),
    quotasUsed: quotasUsed(wanted),
    holdFirst: leavesKept(wanted),
    accepts: desiredAccepts(wanted),
  }
}

/** A rule of a decision still leads to a WAN whose flows stay, and is about to lead elsewhere. */
function leavesKept(wanted: Wanted): boolean {
  const { uplinks, host, flows } = wanted
  const kept = byFamily((family) => {
    const wishes = [flows?.kept, flows?.avoided, flows?.taken]
    const staying = wishes.flatMap((wans) => wans?.[family] ?? [])
    return uplinks.filter(({ name }) => staying.includes(name)).map(({ table }) => table)
  })
  if (families.every((family) => kept[family].length === 0)) return false
  const desired = desiredRules(wanted).filter(isDecisionRule)
  return host.rules
    .filter((rule) => isOurRule(rule) && isDecisionRule(rule))
    .some(
      ({ priority, family, incoming, action }) =>
        action.kind === 'lookup' &&
        kept[family].includes(action.table) &&
        desired.some(
          (other) =>
            other.priority === priority &&
            other.family === family &&
            other.incoming === incoming &&
            other.action.kind === 'lookup' &&
            other.action.table !== action.table,
        ),
    )
}
