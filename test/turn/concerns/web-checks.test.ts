import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ProbeMethod } from '../../../src/model/probe.ts'
import { resolveUplinks } from '../../../src/network/uplinks.ts'
import type { Decided } from '../../../src/turn/concern.ts'
import { WebChecks } from '../../../src/turn/concerns/web-checks.ts'
import { exampleCapabilities } from '../../examples/example-capabilities.ts'
import { exampleDecision } from '../../examples/example-decision.ts'
import { exampleHealths } from '../../examples/example-health.ts'
import { oneSubnet } from '../../examples/example-host.ts'
import { exampleRouting } from '../../examples/example-routing.ts'
import { exampleSettings, exampleWan } from '../../examples/example-settings.ts'
import { RecordedLog } from '../../fakes/recorded-log.ts'

function asked(methods: readonly ProbeMethod[], inUse: readonly string[], active = true) {
  const { probe } = exampleSettings()
  const wans = [exampleWan(0), exampleWan(1, { metered: true })]
  const settings = exampleSettings({ wans, probe: { ...probe, methods } })
  const decided: Decided = {
    ...{ nowMs: 0, wallMs: 0, uplinks: resolveUplinks(settings.wans, oneSubnet) },
    ...{ inUse: new Set(inUse), host: oneSubnet, capabilities: exampleCapabilities() },
    healths: exampleHealths(['primary', 'secondary']),
    ...{ decision: exampleDecision('primary'), moves: [], routing: exampleRouting() },
    ...{ moving: false, active },
  }
  return new WebChecks(settings, new RecordedLog())
    .afterwards(decided)
    .map((errand) => errand.kind === 'check_web' && errand.wan)
}

const rows: readonly (readonly [string, number[], number[]])[] = [
  ['every WAN that answers has its check', asked(['icmp', 'dns'], ['primary']), [0, 1]],
  ['TCP among the methods shows no captive portal', asked(['icmp', 'tcp'], ['primary']), [0, 1]],
  ['HTTP among the methods is the check itself', asked(['icmp', 'http'], ['secondary']), []],
  ['a metered standby is asked by the first method alone', asked(['icmp', 'http'], []), [1]],
  ['and it is enough where that one is HTTP', asked(['http', 'icmp'], []), []],
  ['while nothing is set up, nothing is asked', asked(['icmp'], ['primary'], false), []],
].map(([what, found, expected]) => [what, found, expected] as [string, number[], number[]])

for (const [what, found, expected] of rows) {
  test(what, () => assert.deepEqual(found, expected))
}
