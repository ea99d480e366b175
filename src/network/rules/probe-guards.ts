/**
 * The rules of probes, once more, before a VPN's that takes everything but its own packets: those
 * use our lines, so the lines have to be judged, though all else is in the tunnel. As wg-quick and
 * NetBird have it: `not fwmark 0xca6c lookup 51820`, before ours where they came later.
 */
import { type Family, families, familyNames } from '../../model/address.ts'
import type { HostState, Rule } from '../../model/host.ts'
import { priorityRange } from '../../model/marks.ts'
import type { Settings } from '../../model/settings/settings.ts'
import { contains } from '../networks.ts'
import type { Wanted } from '../wanted.ts'
import { mayTakeProbes } from './bypasses.ts'
import { placesBefore } from './places-before.ts'
import { probeRows } from './probe-rows.ts'
import { isOurRule } from './rule-operations.ts'
import type { RuleRow } from './rule-row.ts'

type GuardQuestion = Pick<Wanted, 'settings' | 'uplinks' | 'host'>

export function probeGuards(wanted: GuardQuestion): RuleRow[] {
  return families.flatMap((family) => guardsIn(wanted, family))
}

function guardsIn(wanted: GuardQuestion, family: Family): RuleRow[] {
  const { host, settings, uplinks } = wanted
  const others = host.rules.filter((rule) => rule.family === family && !isOurRule(rule))
  const [first] = others.filter((rule) => takesAllButItsOwn(rule, { host, settings }))
  if (first === undefined) return []
  const mayPass = (one: Rule) => one.other === null && !mayTakeProbes(one, wanted)
  const [lookups, ends] = placesBefore(first, 2, { others, mayPass }) ?? []
  if (lookups === undefined || ends === undefined) return []
  const whose = `another program's ${familyNames[family]} rule ${first.priority}`
  return uplinks.flatMap(probeRows).map((row) => {
    const leads = row.action.kind === 'lookup'
    const what = leads ? 'a probe leaves by its WAN' : 'or it fails'
    const why = `before ${whose}, which takes everything but its own: ${what}`
    return { ...row, priority: leads ? lookups : ends, why, family }
  })
}

function takesAllButItsOwn(
  { family, priority, mark, other, action }: Rule,
  { host, settings }: { readonly host: HostState; readonly settings: Settings },
): boolean {
  if (priority >= priorityRange.first || other !== 'not' || mark === null) return false
  if (action.kind !== 'lookup' || action.suppressPrefixLength !== null) return false
  const { table } = action
  return host.routes.some(
    (route) =>
      route.family === family &&
      route.table === table &&
      settings.probe.targets[family].some((target) => contains(route.destination, target)),
  )
}
