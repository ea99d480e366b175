import { priorities } from '../model/marks.ts'
import type { Settings } from '../model/settings/settings.ts'
import type { Uplink } from '../model/uplink.ts'
import { isOurRule } from '../network/rules/rule-operations.ts'
import type { Prober } from '../probe/port.ts'
import { createProber, probedWans } from '../probe/prober.ts'
import type { HostView } from './with-host.ts'

/** For a command that asks and ends: it hears of its own questions alone. Close it. */
export function commandProber(settings: Settings): Prober {
  return createProber({
    wans: probedWans(settings),
    settings: settings.probe,
    log: { debug() {}, info() {}, warn() {}, error() {} },
    listener: () => {},
    onForged: () => {},
  })
}

/** The WANs that can be asked by: only our rules, standing, keep a probe on its WAN. */
export function askableUplinks({
  host,
  uplinks,
}: Pick<HostView, 'host' | 'uplinks'>): readonly Uplink[] {
  return uplinks.filter(({ index }) =>
    host.rules.some((rule) => isOurRule(rule) && rule.priority === priorities.probeMark(index)),
  )
}
