import type { RuleAction } from '../../model/host.ts'
import { markMask, priorities, probeMark, probePorts } from '../../model/marks.ts'
import type { Uplink } from '../../model/uplink.ts'
import type { RuleRow as Row } from './rule-row.ts'

/** They keep a WAN's probes on it. */
export function probeRows(uplink: Uplink): Row[] {
  const { index, name } = uplink
  const byMark: Row[] = failClosed({
    priority: priorities.probeMark(index),
    selector: { mark: { value: probeMark(index), mask: markMask } },
    action: lookup(uplink),
    why: `a probe of ${name} leaves by ${name} or fails, whatever main or a policy says`,
  })
  const byPort = (['udp', 'tcp'] as const).flatMap((protocol) =>
    failClosed({
      priority: priorities.probePort(index, protocol),
      selector: { incoming: 'lo', ipProtocol: protocol, sourcePorts: probePorts(index) },
      action: lookup(uplink),
      why: `the same for the ${protocol.toUpperCase()} probes of ${name}, known by their port`,
    }),
  )
  return [...byMark, ...byPort]
}

export function failClosed(row: Row): Row[] {
  const why = 'where its table has no way, it fails: it never falls through to main'
  return [row, { ...row, priority: row.priority + 1, action: { kind: 'unreachable' }, why }]
}

export function lookup({ table }: Uplink): RuleAction {
  return { kind: 'lookup', table, suppressPrefixLength: null }
}
